//! A photograph made anew: only its pixels are taken from the file that was sent, so that nothing else in it is kept, neither
//! where and with what it was taken nor what was hidden in it.
//!
//! The kind of file is told by its first bytes. Its size in pixels is judged before they are read, its pixels are turned the
//! right way up, made smaller, put on white and written as JPEG.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};
use zeroize::Zeroizing;

use crate::form::judge::Flaw;
use crate::form::words::MEGAPIXELS;

/// The longer side of what is kept, in pixels.
const SIDE: u32 = 2400;
/// Of JPEG, out of 100.
const QUALITY: u8 = 85;
/// How many bytes the pixels of a picture may take: four for each.
const PIXELS: u64 = MEGAPIXELS as u64 * 1_000_000 * 4;
/// How often a JPEG may go over its pixels; cameras write ten times at most. Each takes as long as reading a picture.
const SCANS: usize = 40;

/// Tells the kind of a file by its first bytes; `None` for what is not taken.
pub(crate) fn format(bytes: &[u8]) -> Option<ImageFormat> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Writes the picture in a file anew, as JPEG.
///
/// # Errors
/// [`Flaw::Large`] where it has too many pixels, [`Flaw::Unreadable`] where it is no whole picture.
pub(crate) fn renew(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Flaw> {
    let format = format(bytes).ok_or(Flaw::Unreadable)?;
    if format == ImageFormat::Jpeg && (scans(bytes) > SCANS || is_cut(bytes)) {
        return Err(Flaw::Unreadable);
    }
    let picture = read(bytes, format)?;
    let picture = flat(small(picture.0), picture.1);
    let mut out = Zeroizing::new(Vec::new());
    let written = JpegEncoder::new_with_quality(&mut *out, QUALITY).encode_image(&picture);
    written.map(|()| out).map_err(|_| Flaw::Unreadable)
}

/// The pixels as they lie in the file, and how they are to be turned.
fn read(
    bytes: &[u8],
    format: ImageFormat,
) -> Result<(DynamicImage, image::metadata::Orientation), Flaw> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(2 * PIXELS);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(flaw)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(MEGAPIXELS) * 1_000_000 || decoder.total_bytes() > PIXELS {
        return Err(Flaw::Large);
    }
    // What the file says of itself may be damaged where its pixels are not.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(flaw)?;
    Ok((picture, orientation))
}

fn flaw(error: image::ImageError) -> Flaw {
    match error {
        image::ImageError::Limits(_) => Flaw::Large,
        _ => Flaw::Unreadable,
    }
}

/// Makes a picture no larger than what is kept. One that is far larger is made smaller roughly first, which takes a quarter
/// of the memory.
fn small(picture: DynamicImage) -> DynamicImage {
    let longer = picture.width().max(picture.height());
    if longer <= SIDE {
        return picture;
    }
    let rough = if longer > 2 * SIDE { picture.thumbnail(2 * SIDE, 2 * SIDE) } else { picture };
    rough.resize(SIDE, SIDE, FilterType::CatmullRom)
}

/// Puts a picture the right way up on white.
fn flat(mut picture: DynamicImage, orientation: image::metadata::Orientation) -> RgbImage {
    picture.apply_orientation(orientation);
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (to, from) in out.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let on_white =
            |it: u32| u8::try_from((it * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        to.0 = [on_white(red), on_white(green), on_white(blue)];
    }
    out
}

/// Whether a JPEG ends before its pixels do: decoders fill the rest with grey.
fn is_cut(bytes: &[u8]) -> bool {
    let last = |mark: &[u8]| memchr::memmem::rfind(bytes, mark);
    last(b"\xff\xd9") < last(b"\xff\xda")
}

/// How often a JPEG starts to go over its pixels. Among the pixels themselves the mark cannot stand.
fn scans(bytes: &[u8]) -> usize {
    memchr::memmem::find_iter(bytes, b"\xff\xda").count()
}
