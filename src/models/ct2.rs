//! Reading CTranslate2's `model.bin`: named tensors, and second names for some of them.

use std::collections::BTreeMap;

use half::f16;

use super::format::{FormatError, Reader, byte_count};

/// The format's version this reader knows; every CTranslate2 since 3.0 writes it.
const VERSION: u32 = 6;
/// What CTranslate2 calls a whisper model.
const SPEC: &str = "WhisperSpec";

/// How the numbers of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    F32,
    I8,
    I16,
    I32,
    F16,
}

impl Kind {
    fn from_code(code: u8) -> Result<Self, FormatError> {
        Ok(match code {
            0 => Self::F32,
            1 => Self::I8,
            2 => Self::I16,
            3 => Self::I32,
            4 => Self::F16,
            other => return Err(FormatError::Unsupported(format!("number type {other}"))),
        })
    }

    const fn size(self) -> usize {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 => 2,
            Self::F32 | Self::I32 => 4,
        }
    }
}

/// A view of one tensor's numbers in the file, row-major.
#[derive(Debug, Clone)]
pub(super) struct Tensor<'a> {
    pub(super) dims: Vec<usize>,
    kind: Kind,
    data: &'a [u8],
}

impl<'a> Tensor<'a> {
    /// Cuts the tensor along its first dimension into `count` equal tensors.
    pub(super) fn split(&self, count: usize) -> Result<Vec<Self>, FormatError> {
        let rows = self.dims.first().copied().unwrap_or(0);
        if rows == 0 || rows % count != 0 {
            return Err(FormatError::Inconsistent(format!("{rows} rows cannot be cut into {count} parts")));
        }
        let mut dims = self.dims.clone();
        dims[0] = rows / count;
        let part = self.data.len() / count;
        let cut = |data| Tensor { dims: dims.clone(), kind: self.kind, data };
        Ok(self.data.chunks(part.max(1)).map(cut).collect())
    }

    /// Appends the numbers as 32-bit floats.
    pub(super) fn write_f32(&self, out: &mut Vec<u8>) -> Result<(), FormatError> {
        match self.kind {
            Kind::F32 => out.extend_from_slice(self.data),
            Kind::F16 => out.extend(self.halves().flat_map(|half| half.to_f32().to_le_bytes())),
            Kind::I8 | Kind::I16 | Kind::I32 => return Err(self.not_floats()),
        }
        Ok(())
    }

    /// Appends the numbers as 16-bit floats, rounded to the nearest (ties to even).
    pub(super) fn write_f16(&self, out: &mut Vec<u8>) -> Result<(), FormatError> {
        match self.kind {
            Kind::F16 => out.extend_from_slice(self.data),
            Kind::F32 => out.extend(self.singles().flat_map(|single| f16::from_f32(single).to_le_bytes())),
            Kind::I8 | Kind::I16 | Kind::I32 => return Err(self.not_floats()),
        }
        Ok(())
    }

    pub(super) fn is_all_zero(&self) -> bool {
        match self.kind {
            Kind::F16 => self.halves().all(|half| half == f16::ZERO),
            Kind::F32 => self.singles().all(|single| single == 0.0),
            Kind::I8 | Kind::I16 | Kind::I32 => self.data.iter().all(|&byte| byte == 0),
        }
    }

    fn halves(&self) -> impl Iterator<Item = f16> + use<'a> {
        self.data.as_chunks::<2>().0.iter().map(|&bytes| f16::from_le_bytes(bytes))
    }

    fn singles(&self) -> impl Iterator<Item = f32> + use<'a> {
        self.data.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes))
    }

    fn not_floats(&self) -> FormatError {
        FormatError::Unsupported(format!("weights stored as {:?}; a float16 model is needed", self.kind))
    }
}

/// The tensors of a CTranslate2 whisper model by their names, aliases resolved.
pub(super) struct Tensors<'a>(BTreeMap<String, Tensor<'a>>);

impl<'a> Tensors<'a> {
    /// Reads a whole `model.bin`; the numbers stay where they are.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(file);
        let version = reader.u32()?;
        if version != VERSION {
            return Err(FormatError::Unsupported(format!(
                "CTranslate2 version {version}, {VERSION} is needed"
            )));
        }
        let spec = string(&mut reader)?;
        if spec != SPEC {
            return Err(FormatError::Unsupported(format!("a model of kind {spec:?}, {SPEC:?} is needed")));
        }
        let _revision = reader.u32()?;

        let mut tensors = BTreeMap::new();
        for _ in 0..reader.u32()? {
            let name = string(&mut reader)?;
            let tensor = tensor(&mut reader, &name)?;
            tensors.insert(name, tensor);
        }
        for _ in 0..reader.u32()? {
            let (alias, name) = (string(&mut reader)?, string(&mut reader)?);
            let tensor = tensors.get(&name).cloned().ok_or(FormatError::MissingTensor(name))?;
            tensors.insert(alias, tensor);
        }
        if !reader.is_at_end() {
            let at = reader.position();
            return Err(FormatError::Inconsistent(format!("the model ends at byte {at}, the file does not")));
        }
        Ok(Self(tensors))
    }

    pub(super) fn get(&self, name: &str) -> Result<&Tensor<'a>, FormatError> {
        self.0.get(name).ok_or_else(|| FormatError::MissingTensor(name.to_owned()))
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn tensor<'a>(reader: &mut Reader<'a>, name: &str) -> Result<Tensor<'a>, FormatError> {
    let mut dims = Vec::new();
    for _ in 0..reader.u8()? {
        dims.push(reader.u32()? as usize);
    }
    let kind = Kind::from_code(reader.u8()?)?;
    let announced = reader.u32()? as usize;
    if byte_count(&dims, kind.size()) != Some(announced) {
        let message = format!("tensor {name} of shape {dims:?} ({kind:?}) announces {announced} bytes");
        return Err(FormatError::Inconsistent(message));
    }
    Ok(Tensor { dims, kind, data: reader.take(announced)? })
}

/// Reads a string: its length with the closing NUL, then its bytes.
fn string(reader: &mut Reader<'_>) -> Result<String, FormatError> {
    let at = reader.position();
    let length = usize::from(reader.u16()?);
    let bytes = reader.take(length)?.strip_suffix(b"\0");
    let text = bytes.and_then(|bytes| str::from_utf8(bytes).ok());
    text.map(str::to_owned).ok_or_else(|| FormatError::Inconsistent(format!("no name at byte {at}")))
}
