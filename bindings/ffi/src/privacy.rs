//! Keyed pseudonyms, and what is stored.

use foretap_core::privacy::{Host, INVENTORY, Keeping, Sensitivity};
use foretap_core::{Granularity, PseudonymKey, Token};

use crate::call::{Export, call};
use crate::error::ForetapError;

/// A place where something is stored, and what.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StoredPlace {
    /// Its name: a table, a file, a message.
    pub name: String,
    /// Where it lies and how it is protected.
    pub lies: String,
    /// What is in it.
    pub fields: Vec<StoredField>,
}

/// Something that is stored.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StoredField {
    /// Its name in the schema.
    pub name: String,
    /// What it is.
    pub what: String,
    /// How personal it is: `behaviour`, `place`, `decision`, `derived` or `technical`.
    pub sensitivity: String,
    /// How long it stays.
    pub keeping: String,
    /// Who reads it.
    pub readers: String,
}

/// The library that asks.
#[uniffi::remote(Enum)]
pub enum Host {
    Kotlin,
    Swift,
}

/// Everything that is stored where this library is used, in English.
///
/// # Errors
/// [`ForetapError::Internal`].
#[uniffi::export]
pub fn inventory(host: Host) -> Result<Vec<StoredPlace>, ForetapError> {
    call(Export::Inventory, || {
        let place = |store: &foretap_core::privacy::Store| StoredPlace {
            name: store.name.to_owned(),
            lies: store.lies.to_owned(),
            fields: store.fields.iter().map(|f| field(f.name, f.what, f.sensitivity, f.keeping, f.readers)).collect(),
        };
        Ok(INVENTORY.iter().filter(|store| store.is_of(host)).map(place).collect())
    })
}

fn field(name: &str, what: &str, sensitivity: Sensitivity, keeping: Keeping, readers: &str) -> StoredField {
    StoredField {
        name: name.to_owned(),
        what: what.to_owned(),
        sensitivity: sensitivity.name().to_owned(),
        keeping: keeping.words().to_owned(),
        readers: readers.to_owned(),
    }
}

/// The opaque name of the cell of a map that a position lies in, such as `city_214`.
///
/// # Errors
/// [`ForetapError::InvalidArgument`] for a secret that has not 32 bytes, and a position that is not on earth.
#[uniffi::export]
pub fn hash_location(
    secret: Vec<u8>,
    latitude: f64,
    longitude: f64,
    granularity: Granularity,
) -> Result<Token, ForetapError> {
    call(Export::HashLocation, || Ok(foretap_core::hash_location(&key(&secret)?, latitude, longitude, granularity)?))
}

/// The keyed pseudonym of a user id, 64 hexadecimal digits.
///
/// # Errors
/// [`ForetapError::InvalidArgument`] for a secret that has not 32 bytes.
#[uniffi::export]
pub fn hash_user_id(secret: Vec<u8>, id: String) -> Result<String, ForetapError> {
    call(Export::HashUserId, || Ok(key(&secret)?.hash_user_id(&id).to_string()))
}

/// The keyed pseudonym of a device id, 64 hexadecimal digits.
///
/// # Errors
/// As [`hash_user_id`].
#[uniffi::export]
pub fn hash_device_id(secret: Vec<u8>, id: String) -> Result<String, ForetapError> {
    call(Export::HashDeviceId, || Ok(key(&secret)?.hash_device_id(&id).to_string()))
}

/// An opaque name for a text such as a Wi-Fi BSSID; `label` names the purpose.
///
/// # Errors
/// As [`hash_user_id`].
#[uniffi::export]
pub fn pseudonym_token(secret: Vec<u8>, label: String, text: String) -> Result<Token, ForetapError> {
    call(Export::PseudonymToken, || Ok(key(&secret)?.token(&label, &text)))
}

fn key(secret: &[u8]) -> Result<PseudonymKey, ForetapError> {
    let secret = secret.try_into();
    let wrong = |_| ForetapError::InvalidArgument("the secret of pseudonyms must have 32 bytes".into());
    secret.map(PseudonymKey::new).map_err(wrong)
}
