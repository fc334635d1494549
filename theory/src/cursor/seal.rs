//! Sealed cursors: encrypted, authentic, and bound to whom they were given.
//!
//! The text is base64url without padding of `version (1) | key id (4) | nonce (24) | ciphertext and tag`, by XChaCha20-Poly1305.
//! Version, key id and context are authenticated with it. Decoding is strict: each cursor has one text, and any other is refused.

use std::fmt;

use chacha20poly1305::aead::{Aead, AeadInOut, Generate, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use super::text::MAX_TEXT;
use super::{Cursor, InvalidCursor, InvalidCursorReason as Reason};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const NONCE: usize = 24;
const HEADER: usize = 1 + KEY_ID;
/// The length of a plaintext is a multiple of this, so that the text does not tell the length of the key to the byte.
const BLOCK: usize = 32;

/// A key that seals cursors: 32 secret bytes.
///
/// It belongs where other secrets are, such as AWS Secrets Manager. Its memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct CursorKey {
    cipher: XChaCha20Poly1305,
    id: [u8; KEY_ID],
}

impl CursorKey {
    /// The key of these bytes, which must be random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let cipher = XChaCha20Poly1305::new(&bytes.into());
        // Four bytes of the key stream under a nonce that no cursor will ever draw: they tell keys apart, and nothing about them.
        let mut id = [0; KEY_ID];
        let drawn =
            cipher.encrypt_inout_detached(&XNonce::from([0xff; NONCE]), b"", id.as_mut_slice().into());
        debug_assert!(drawn.is_ok(), "four bytes are not too long to be encrypted");
        CursorKey { cipher, id }
    }
}

impl From<[u8; 32]> for CursorKey {
    fn from(bytes: [u8; 32]) -> Self {
        CursorKey::from_bytes(bytes)
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

/// The key that seals, and older ones that are still accepted.
///
/// To change keys, deploy the new one as [`and_older`](Self::and_older) first where several versions of a service run side by side, then
/// make it the current one, and drop the old one when its last cursors are out of use.
#[derive(Debug, Clone)]
pub struct CursorKeys {
    current: CursorKey,
    older: Vec<CursorKey>,
}

impl CursorKeys {
    /// Seals and opens by this key.
    pub fn new(current: impl Into<CursorKey>) -> Self {
        CursorKeys { current: current.into(), older: Vec::new() }
    }

    /// Also opens what this key sealed.
    #[must_use]
    pub fn and_older(mut self, key: impl Into<CursorKey>) -> Self {
        self.older.push(key.into());
        self
    }

    fn all(&self) -> impl Iterator<Item = &CursorKey> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

impl From<CursorKey> for CursorKeys {
    fn from(key: CursorKey) -> Self {
        CursorKeys::new(key)
    }
}

/// A cursor could not be sealed: the operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealError(());

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cursor could not be sealed")
    }
}

impl std::error::Error for SealError {}

impl Cursor {
    /// The cursor as a text that only these keys can read, and only for this context.
    ///
    /// The context says whose cursor it is and for what: the user or tenant, and the operation. It is not part of the text; the same
    /// bytes must be given to [`unseal`](Self::unseal). A text can be used again for as long as its key is accepted.
    ///
    /// ```
    /// use theory::cursor::{Cursor, CursorKeys};
    ///
    /// # let cursor: Cursor = "eyJsYXN0S2V5Ijp7IlBLIjp7IlMiOiJVU0VSIzEifX19".parse()?;
    /// # let secret = [7; 32];
    /// let keys = CursorKeys::new(secret);
    /// let text = cursor.seal(&keys, b"list-orders/tenant-17")?;
    ///
    /// assert_eq!(Cursor::unseal(&keys, b"list-orders/tenant-17", &text)?, cursor);
    /// assert!(Cursor::unseal(&keys, b"list-orders/tenant-18", &text).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness to give.
    pub fn seal(&self, keys: &CursorKeys, context: &[u8]) -> Result<String, SealError> {
        self.seal_with_nonce(keys, context, fresh_nonce()?)
    }

    /// As [`seal`](Self::seal), with a nonce from the caller's own source of randomness.
    ///
    /// With one key, every cursor needs another nonce: where one nonce serves for two, both texts can be read without the key, and others
    /// forged. Random bytes are good for any number of cursors.
    ///
    /// # Errors
    ///
    /// None in practice: a cursor is never too long to be encrypted.
    pub fn seal_with_nonce(
        &self,
        keys: &CursorKeys,
        context: &[u8],
        nonce: [u8; NONCE],
    ) -> Result<String, SealError> {
        Domain::Cursor.seal(self.json(), keys, context, nonce)
    }

    /// Reads a text from [`seal`](Self::seal).
    ///
    /// # Errors
    ///
    /// A text that none of the keys sealed, or not for this context, or that was changed. The error does not say which.
    pub fn unseal(keys: &CursorKeys, context: &[u8], text: &str) -> Result<Cursor, InvalidCursor> {
        Cursor::from_json(&Domain::Cursor.open(keys, context, text, MAX_TEXT)?)
    }
}

/// What is sealed: what was sealed as one thing cannot be opened as another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Domain {
    Cursor,
    Checkpoint,
}

impl Domain {
    pub(super) fn seal(
        self,
        mut json: Vec<u8>,
        keys: &CursorKeys,
        context: &[u8],
        nonce: [u8; NONCE],
    ) -> Result<String, SealError> {
        let key = &keys.current;
        // White space after the JSON means nothing to its reader.
        json.resize(json.len().next_multiple_of(BLOCK), b' ');
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&key.id);
        let aad = self.associated_data(&sealed, context);
        sealed.extend_from_slice(&nonce);
        let payload = Payload { msg: &json, aad: &aad };
        sealed.extend(key.cipher.encrypt(&nonce.into(), payload).map_err(|_| SealError(()))?);
        Ok(base64_simd::URL_SAFE_NO_PAD.encode_to_string(&sealed))
    }

    /// The JSON inside the text.
    pub(super) fn open(
        self,
        keys: &CursorKeys,
        context: &[u8],
        text: &str,
        longest: usize,
    ) -> Result<Vec<u8>, Reason> {
        if text.len() > longest {
            return Err(Reason::TooLong);
        }
        if text.is_empty() {
            return Err(Reason::Empty);
        }
        let sealed =
            base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text.as_bytes()).map_err(|_| Reason::Encoding)?;
        self.decrypt(keys, context, &sealed).ok_or(Reason::Seal)
    }

    fn decrypt(self, keys: &CursorKeys, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (header, rest) = sealed.split_at_checked(HEADER)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
        let (version, id) = header.split_first()?;
        if *version != VERSION {
            return None;
        }
        let aad = self.associated_data(header, context);
        // Keys whose ids happen to be the same are all tried.
        keys.all()
            .filter(|key| key.id == *id)
            .find_map(|key| key.cipher.decrypt(&(*nonce).into(), Payload { msg: ciphertext, aad: &aad }).ok())
    }

    /// What is authenticated beside the plaintext. The context has no fixed length and comes last.
    fn associated_data(self, header: &[u8], context: &[u8]) -> Vec<u8> {
        let name: &[u8] = match self {
            Domain::Cursor => b"theory sealed cursor\0",
            Domain::Checkpoint => b"theory sealed checkpoint\0",
        };
        [name, header, context].concat()
    }
}

/// A nonce that no other text has.
pub(super) fn fresh_nonce() -> Result<[u8; NONCE], SealError> {
    XNonce::try_generate().map(Into::into).map_err(|_| SealError(()))
}
