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
    if format == ImageFormat::Jpeg && scans(bytes).is_none_or(|it| it > SCANS) {
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
    // A decoder may read all pixels before it sees that they are more than was said.
    if format == ImageFormat::WebP && size_of_webp(bytes) != Some((width, height)) {
        return Err(Flaw::Unreadable);
    }
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

/// How often a JPEG goes over its pixels; `None` where it ends before they do, since decoders fill the rest with grey. What
/// stands behind the picture, such as the film that telephones put there, is not looked at.
fn scans(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut scans) = (2, 0);
    loop {
        at += memchr::memchr(0xff, bytes.get(at..)?)?;
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            // Among pixels: no mark, or one without a length.
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 => return Some(scans).filter(|it| *it > 0),
            mark => {
                scans += usize::from(mark == 0xda);
                let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
                at += 2 + usize::from(length);
            }
        }
    }
}

/// The size of the one picture in a WebP, as its pixels have it. `None` for a moving one, and where there is none.
fn size_of_webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(12..)?;
    loop {
        let (name, length) = (rest.get(..4)?, rest.get(4..8)?);
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let chunk = rest.get(8..)?;
        let four = |at: usize| Some(u32::from_le_bytes(chunk.get(at..at + 4)?.try_into().ok()?));
        match name {
            b"VP8 " => return four(6).map(|it| (it & 0x3fff, it >> 16 & 0x3fff)),
            b"VP8L" => return four(1).map(|it| ((it & 0x3fff) + 1, (it >> 14 & 0x3fff) + 1)),
            b"ANIM" | b"ANMF" => return None,
            _ => rest = chunk.get(length.checked_add(length % 2)?..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg() -> Vec<u8> {
        let mut out = Vec::new();
        let picture = RgbImage::from_pixel(64, 48, image::Rgb([200, 150, 120]));
        JpegEncoder::new_with_quality(&mut out, 90).encode_image(&picture).unwrap();
        out
    }

    #[test]
    fn what_stands_behind_a_picture_does_not_matter() {
        let mut moving = jpeg();
        // The film of a telephone has such bytes by chance, and no end of a picture.
        moving.extend([0xff, 0xda, 0x00, 0x02].repeat(5000));
        let made = renew(&moving).unwrap();
        assert!(made.len() < 5000, "{}", made.len());
        let mut two = jpeg();
        two.extend(jpeg());
        assert!(renew(&two).is_ok());
    }

    #[test]
    fn a_picture_that_ends_before_its_pixels_is_none() {
        let whole = jpeg();
        for length in [2, 20, whole.len() / 2, whole.len() - 2, whole.len() - 1] {
            assert_eq!(scans(&whole[..length]), None, "{length}");
        }
        assert_eq!(scans(&whole), Some(1));
        let marks =
            [&[0xff, 0xd8][..], &[0xff, 0xda, 0x00, 0x02].repeat(50), &[0xff, 0xd9]].concat();
        assert_eq!(scans(&marks), Some(50));
        assert_eq!(renew(&marks).unwrap_err(), Flaw::Unreadable);
    }

    #[test]
    fn a_webp_is_as_large_as_its_pixels_and_not_as_it_says() {
        let picture = DynamicImage::from(RgbImage::from_pixel(64, 48, image::Rgb([9, 8, 7])));
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::WebP).unwrap();
        let plain = out.into_inner();
        assert_eq!(size_of_webp(&plain), Some((64, 48)));
        assert!(renew(&plain).is_ok());
        let with = |canvas: [u8; 6]| {
            let extended = [&b"VP8X\x0a\0\0\0\0\0\0\0"[..], &canvas].concat();
            let length = u32::try_from(4 + extended.len() + plain.len() - 12).unwrap();
            [b"RIFF", &length.to_le_bytes()[..], b"WEBP", &extended, &plain[12..]].concat()
        };
        assert!(renew(&with([63, 0, 0, 47, 0, 0])).is_ok());
        assert_eq!(renew(&with([0, 0, 0, 0, 0, 0])).unwrap_err(), Flaw::Unreadable);
    }
}
