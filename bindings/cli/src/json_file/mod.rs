//! A JSON file that is read field by field, so that an error can name the field.

use std::path::Path;

use serde_json::{Map, Value};

use super::BundleFileError;

/// A value of a JSON file, and where in the file it is.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    file: &'a Path,
    /// `next.trust`, `[2].features`; empty for the whole file.
    at: String,
    value: &'a Value,
}

/// The JSON in a file.
///
/// # Errors
/// If it cannot be read, or is no JSON.
pub(super) fn read(path: &Path) -> Result<Value, BundleFileError> {
    let bytes = std::fs::read(path).map_err(BundleFileError::unreadable(path))?;
    serde_json::from_slice(&bytes).map_err(|source| BundleFileError::NotJson { path: path.to_owned(), source })
}

impl<'a> Node<'a> {
    /// The whole file.
    pub(super) const fn new(file: &'a Path, value: &'a Value) -> Self {
        Self { file, at: String::new(), value }
    }

    /// The values of an object that has these fields and no others.
    ///
    /// # Errors
    /// If it is no object, a field is missing, or one is unknown.
    pub(super) fn fields<const N: usize>(&self, names: [&str; N]) -> Result<[Self; N], BundleFileError> {
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
    pub(super) fn list(&self) -> Result<Vec<Self>, BundleFileError> {
        let list = self.value.as_array().ok_or_else(|| self.must_be("a list"))?;
        let element = |(n, value)| Self { file: self.file, at: format!("{}[{n}]", self.at), value };
        Ok(list.iter().enumerate().map(element).collect())
    }

    /// # Errors
    /// If it is no text.
    pub(super) fn text(&self) -> Result<&'a str, BundleFileError> {
        self.value.as_str().ok_or_else(|| self.must_be("a text"))
    }

    /// # Errors
    /// If it is no whole number of 64 bits without a sign.
    pub(super) fn whole(&self) -> Result<u64, BundleFileError> {
        self.value.as_u64().ok_or_else(|| self.must_be("a whole number, 0 or more"))
    }

    /// A whole number as a size; one that is too large is outside the limits, which packing checks.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub(super) fn size(&self) -> Result<usize, BundleFileError> {
        Ok(usize::try_from(self.whole()?).unwrap_or(usize::MAX))
    }

    /// # Errors
    /// If it is no list of whole numbers.
    pub(super) fn sizes(&self) -> Result<Vec<usize>, BundleFileError> {
        self.list()?.iter().map(Self::size).collect()
    }

    /// # Errors
    /// If it is no whole number of 8 bits without a sign.
    pub(super) fn byte(&self) -> Result<u8, BundleFileError> {
        u8::try_from(self.whole()?).map_err(|_| self.must_be("a whole number, 0 to 255"))
    }

    /// Whether it is an object with this field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    /// The value, unless it is `null`.
    pub(super) fn or_null(&self) -> Option<&Self> {
        (!self.value.is_null()).then_some(self)
    }

    /// # Errors
    /// If it is no number, or too large for 32 bits.
    pub(super) fn float(&self) -> Result<f32, BundleFileError> {
        #[expect(clippy::cast_possible_truncation, reason = "the nearest of 32 bits is what is asked for")]
        let number = self.value.as_f64().map(|number| number as f32);
        number.filter(|number| number.is_finite()).ok_or_else(|| self.must_be("a finite number of 32 bits"))
    }

    /// # Errors
    /// If it is no list of numbers.
    pub(super) fn floats(&self) -> Result<Vec<f32>, BundleFileError> {
        self.list()?.iter().map(Self::float).collect()
    }

    /// # Errors
    /// If it is no SHA-256 sum: 64 hexadecimal digits.
    pub(super) fn sum(&self) -> Result<[u8; 32], BundleFileError> {
        let bad = || self.must_be("a SHA-256 sum, 64 hexadecimal digits");
        let text = self.text().ok().filter(|text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()));
        let text = text.ok_or_else(bad)?;
        let byte = |n: usize| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).expect("two hexadecimal digits");
        Ok(std::array::from_fn(byte))
    }

    /// The error that this value must be something else.
    pub(super) fn must_be(&self, what: &str) -> BundleFileError {
        self.wrong(&format!("must be {what}"))
    }

    fn wrong(&self, reason: &str) -> BundleFileError {
        let field = if self.at.is_empty() { "the file" } else { &self.at };
        BundleFileError::Field { path: self.file.to_owned(), field: field.to_owned(), reason: reason.to_owned() }
    }

    fn within(&self, name: &str, value: &'a Value) -> Self {
        let dot = if self.at.is_empty() { "" } else { "." };
        Self { file: self.file, at: format!("{}{dot}{name}", self.at), value }
    }
}
