//! The superblock: where the root group is.

use hdf5_reader::checksum::jenkins_lookup3;

use super::bytes::Bytes;

const MAGIC: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Bytes of the superblock of versions 2 and 3 that its checksum covers.
const CHECKED: u64 = 44;

/// Address of the object header of the root group, in a file without a user block whose addresses
/// and lengths have 8 bytes.
pub(super) fn root(bytes: Bytes<'_>) -> Option<u64> {
    let mut cursor = bytes.from(0)?;
    cursor.expect(&MAGIC)?;
    match cursor.u8()? {
        version @ (0 | 1) => {
            // Versions of other parts, sizes of addresses and lengths, reserved.
            cursor.skip(4)?;
            cursor.expect(&[8, 8])?;
            cursor.skip(1)?;
            // Sizes of tree nodes and flags; version 1 has another size.
            cursor.skip(if version == 0 { 8 } else { 12 })?;
            // Base, free space, end, driver; then the offset of the root's name.
            cursor.skip(4 * 8 + 8)?;
            cursor.u64()
        }
        2 | 3 => {
            cursor.expect(&[8, 8])?;
            // Flags, base, extension, end.
            cursor.skip(1 + 3 * 8)?;
            let root = cursor.u64()?;
            (cursor.u32()? == jenkins_lookup3(bytes.at(0, CHECKED)?)).then_some(root)
        }
        _ => None,
    }
}
