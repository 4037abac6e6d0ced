//! The filters of a conversion, in their order.

use nirkit_events::Size;
use nirkit_events::filter::{
    Chain, Crop, Downsample, FlipY, HotPixels, Polarity, Rebase, Refractory, TimeWindow,
};

use super::Conversion;
use crate::Error;

/// Puts the filters of a conversion together, for a sensor of this size, if it is known.
///
/// # Errors
///
/// Rows that cannot be counted from the other side, a rectangle that reaches beyond the sensor.
pub(super) fn chain(
    how: &Conversion,
    hot: Option<&HotPixels>,
    polarity: Option<Polarity>,
    size: Option<Size>,
) -> Result<Chain, Error> {
    let mut chain = Chain::default();
    if let Some((from, to)) = how.time_window {
        chain.push(TimeWindow::new(microseconds(from), microseconds(to)));
    }
    if let Some(hot) = hot {
        chain.push(hot.clone());
    }
    if how.flip_y {
        let unknown =
            "the number of rows is not known, so they cannot be counted from the other side";
        let size = size.ok_or_else(|| Error::new(unknown).help("give `--size WxH`"))?;
        chain.push(FlipY { height: size.height });
    }
    if let Some(crop) = how.crop {
        check_crop(crop, size)?;
        chain.push(crop);
    }
    if let Some(factor) = how.downsample {
        chain.push(Downsample { factor });
    }
    if let Some(period) = how.refractory {
        chain.push(Refractory::new(microseconds(period)));
    }
    if let Some(polarity) = polarity {
        chain.push(polarity);
    }
    if how.rebase {
        chain.push(Rebase::default());
    }
    Ok(chain)
}

/// Refuses a rectangle that reaches beyond the sensor, where its size is known.
fn check_crop(crop: Crop, size: Option<Size>) -> Result<(), Error> {
    let Some(Size { width, height }) = size else { return Ok(()) };
    let end = |first: u16, length: u16| u32::from(first) + u32::from(length);
    let (columns, rows) = (end(crop.x, crop.size.width), end(crop.y, crop.size.height));
    if columns <= u32::from(width) && rows <= u32::from(height) {
        return Ok(());
    }
    let what = format!(
        "the rectangle ends behind {columns} columns and {rows} rows, the sensor has {width} x {height} pixels"
    );
    let help = "give a rectangle inside the sensor, or `--size` where the file states a wrong one";
    Err(Error::new(what).help(help))
}

/// Whole microseconds of seconds.
fn microseconds(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_lies_inside_the_sensor() {
        let crop = |x, width| Crop { x, y: 0, size: Size { width, height: 4 } };
        let sensor = Some(Size { width: 10, height: 4 });
        assert!(check_crop(crop(2, 8), sensor).is_ok());
        assert!(check_crop(crop(60_000, 60_000), None).is_ok());
        let said = check_crop(crop(3, 8), sensor).unwrap_err().to_string();
        assert!(said.contains("behind 11 columns and 4 rows, the sensor has 10 x 4"), "{said}");
    }
}
