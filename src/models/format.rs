//! Reading binary model files without trusting a single length in them.

/// What is wrong with a model file that was to be read or converted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormatError {
    /// The file ends before something it announced.
    #[error("the file ends at byte {at}, {wanted} more bytes were announced")]
    Truncated {
        /// Where the read began.
        at: usize,
        /// How many bytes were to be read there.
        wanted: usize,
    },
    /// The file is of another kind or version than the reader knows.
    #[error("unsupported model file: {0}")]
    Unsupported(String),
    /// A tensor the model cannot do without is not in the file.
    #[error("the model has no tensor {0}")]
    MissingTensor(String),
    /// Two statements of the file contradict each other.
    #[error("inconsistent model file: {0}")]
    Inconsistent(String),
}

/// A cursor over little-endian bytes; every read is checked against what is left.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) const fn position(&self) -> usize {
        self.at
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn take(&mut self, wanted: usize) -> Result<&'a [u8], FormatError> {
        let end = self.at.checked_add(wanted).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or(FormatError::Truncated { at: self.at, wanted })?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, FormatError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(super) fn u16(&mut self) -> Result<u16, FormatError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, FormatError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Reads a length or a dimension: 32 bits that must not be negative when signed.
    pub(super) fn length(&mut self) -> Result<usize, FormatError> {
        let at = self.at;
        let value = i32::from_le_bytes(self.array()?);
        usize::try_from(value).map_err(|_| FormatError::Inconsistent(format!("length {value} at byte {at}")))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
}

/// Multiplies dimensions by the size of one element; `None` when no memory could hold it.
pub(super) fn byte_count(dims: &[usize], element: usize) -> Option<usize> {
    dims.iter().try_fold(element, |product, &dim| product.checked_mul(dim))
}
