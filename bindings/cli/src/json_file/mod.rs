//! A JSON file that is read field by field, so that an error can name the field.

mod error;

use std::path::Path;

use serde_json::{Map, Value};

use crate::hex;

pub use error::JsonError;

/// A value of a JSON file, and where in the file it is.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    file: &'a Path,
    /// `next.trust`, `[2].features`; empty for the whole file.
    at: String,
    value: &'a Value,
}

/// The JSON in a file.
///
/// # Errors
/// If it cannot be read, or is no JSON.
pub(crate) fn read(path: &Path) -> Result<Value, JsonError> {
    let bytes = std::fs::read(path).map_err(|source| JsonError::Unreadable { path: path.to_owned(), source })?;
    serde_json::from_slice(&bytes).map_err(|source| JsonError::NotJson { path: path.to_owned(), source })
}

impl<'a> Node<'a> {
    /// The whole file.
    pub(crate) const fn new(file: &'a Path, value: &'a Value) -> Self {
        Self { file, at: String::new(), value }
    }

    /// The values of an object that has these fields and no others.
    ///
    /// # Errors
    /// If it is no object, a field is missing, or one is unknown.
    pub(crate) fn fields<const N: usize>(&self, names: [&str; N]) -> Result<[Self; N], JsonError> {
        let object: &Map<_, _> = self.value.as_object().ok_or_else(|| self.must_be("an object"))?;
        if let Some(unknown) = object.keys().find(|key| !names.contains(&key.as_str())) {
            return Err(self.within(unknown, self.value).wrong("unknown field"));
        }
        if let Some(missing) = names.iter().find(|name| !object.contains_key(**name)) {
            return Err(self.within(missing, self.value).wrong("is missing"));
        }
        Ok(names.map(|name| self.within(name, &object[name])))
    }

    /// The values of a list.
    ///
    /// # Errors
    /// If it is none.
    pub(crate) fn list(&self) -> Result<Vec<Self>, JsonError> {
        let list = self.value.as_array().ok_or_else(|| self.must_be("a list"))?;
        let element = |(n, value)| Self { file: self.file, at: format!("{}[{n}]", self.at), value };
        Ok(list.iter().enumerate().map(element).collect())
    }

    /// # Errors
    /// If it is no text.
    pub(crate) fn text(&self) -> Result<&'a str, JsonError> {
        self.value.as_str().ok_or_else(|| self.must_be("a text"))
    }

    /// # Errors
    /// If it is no whole number of 64 bits without a sign.
    pub(crate) fn whole(&self) -> Result<u64, JsonError> {
        self.value.as_u64().ok_or_else(|| self.must_be("a whole number, 0 or more"))
    }

    /// A whole number as a size; one that is too large is outside the limits, which packing checks.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub(crate) fn size(&self) -> Result<usize, JsonError> {
        Ok(usize::try_from(self.whole()?).unwrap_or(usize::MAX))
    }

    /// # Errors
    /// If it is no list of whole numbers.
    pub(crate) fn sizes(&self) -> Result<Vec<usize>, JsonError> {
        self.list()?.iter().map(Self::size).collect()
    }

    /// # Errors
    /// If it is no whole number of 8 bits without a sign.
    pub(crate) fn byte(&self) -> Result<u8, JsonError> {
        u8::try_from(self.whole()?).map_err(|_| self.must_be("a whole number, 0 to 255"))
    }

    /// Whether it is an object with this field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    /// The value, unless it is `null`.
    pub(crate) fn or_null(&self) -> Option<&Self> {
        (!self.value.is_null()).then_some(self)
    }

    /// # Errors
    /// If it is no number, or too large for 32 bits.
    pub(crate) fn float(&self) -> Result<f32, JsonError> {
        #[expect(clippy::cast_possible_truncation, reason = "the nearest of 32 bits is what is asked for")]
        let number = self.value.as_f64().map(|number| number as f32);
        number.filter(|number| number.is_finite()).ok_or_else(|| self.must_be("a finite number of 32 bits"))
    }

    /// # Errors
    /// If it is no list of numbers.
    pub(crate) fn floats(&self) -> Result<Vec<f32>, JsonError> {
        self.list()?.iter().map(Self::float).collect()
    }

    /// # Errors
    /// If it is no whole number of 64 bits with a sign.
    pub(crate) fn signed(&self) -> Result<i64, JsonError> {
        self.value.as_i64().ok_or_else(|| self.must_be("a whole number of 64 bits"))
    }

    /// # Errors
    /// If it is no whole number of 32 bits without a sign.
    pub(crate) fn number(&self) -> Result<u32, JsonError> {
        u32::try_from(self.whole()?).map_err(|_| self.must_be("a whole number, 0 to 4,294,967,295"))
    }

    /// # Errors
    /// If it is no SHA-256 sum: 64 hexadecimal digits.
    pub(crate) fn sum(&self) -> Result<[u8; 32], JsonError> {
        self.digits("a SHA-256 sum, 64 hexadecimal digits")
    }

    /// Bytes in hexadecimal digits of either case.
    ///
    /// # Errors
    /// If it is no text of as many digits; what it must be is said with `what`.
    pub(crate) fn digits<const N: usize>(&self, what: &str) -> Result<[u8; N], JsonError> {
        let bytes = hex::bytes(self.text().unwrap_or_default().as_bytes());
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| self.must_be(what))
    }

    /// The error that this value must be something else.
    pub(crate) fn must_be(&self, what: &str) -> JsonError {
        self.wrong(&format!("must be {what}"))
    }

    fn wrong(&self, reason: &str) -> JsonError {
        let field = if self.at.is_empty() { "the file" } else { &self.at };
        JsonError::Field { path: self.file.to_owned(), field: field.to_owned(), reason: reason.to_owned() }
    }

    fn within(&self, name: &str, value: &'a Value) -> Self {
        let dot = if self.at.is_empty() { "" } else { "." };
        Self { file: self.file, at: format!("{}{dot}{name}", self.at), value }
    }
}
