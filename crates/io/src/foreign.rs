//! Files of other kinds that are taken for graphs, told by how they begin.

use crate::error::ReadFault;
use crate::hdf5::source::Source;
use crate::text::BOM;

/// Bytes at the beginning of a file that tell what it is.
pub(crate) const HEAD: usize = 512;

/// A kind of file: how it begins, what it is, and what to do.
struct Kind {
    begins: fn(&[u8]) -> bool,
    found: &'static str,
    help: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        begins: <[u8]>::is_empty,
        found: "an empty file",
        help: "write it again: whatever was to write it stopped before it began, or the download failed",
    },
    Kind {
        begins: |head| head.starts_with(b"version https://git-lfs"),
        found: "a Git LFS pointer, which stands for a file that was not fetched",
        help: "run `git lfs pull` in the repository that it comes from",
    },
    Kind {
        begins: |head| head.starts_with(b"PK") && holds(head, b"data.pkl"),
        found: "a PyTorch archive, as torch.save writes it",
        help: "load it with `torch.load` where its network is defined, and export it with `nir.write`",
    },
    Kind {
        begins: |head| head.starts_with(b"PK"),
        found: "a zip archive",
        help: "unpack it, and give the file in it",
    },
    Kind {
        begins: |head| matches!(head, [0x80, 2..=5, ..]),
        found: "a pickle, as Python and old versions of torch.save write it",
        help: "load it where its classes are defined, and export it with `nir.write`",
    },
    Kind {
        begins: |head| head.starts_with(&[0x1f, 0x8b]),
        found: "compressed with gzip",
        help: "unpack it with `gunzip`",
    },
    Kind {
        begins: |head| head.starts_with(b"\x93NUMPY"),
        found: "an array of numpy",
        help: "give it as a stimulus; a graph is a `.nir` or `.nirt` file",
    },
    Kind {
        begins: |head| head.starts_with(b"#!AER-DAT") || head.starts_with(b"% "),
        found: "a recording of an event sensor",
        help: "store it in a file and give that as a stimulus; `nir events info` says what is in it",
    },
    Kind {
        begins: |head| text(head).starts_with(b"nirt"),
        found: "the text form of a graph",
        help: "give it the ending `.nirt`",
    },
    Kind {
        begins: |head| text(head).first() == Some(&b'<'),
        found: "a page of HTML or XML",
        help: "fetch the file itself: a link to a repository often leads to the page about it",
    },
    Kind {
        begins: |head| matches!(text(head), [b'{' | b'[', ..]),
        found: "JSON",
        help: "export the network with `nir.write`; what `nir lower` wrote is run with `--config`",
    },
];

/// Whether what begins so is a kind of file that has a name here, other than a form of a graph.
pub(crate) fn is_named(head: &[u8]) -> bool {
    KINDS.iter().any(|kind| (kind.begins)(head)) && !text(head).starts_with(b"nirt")
}

/// What a file is that begins so and is no HDF5 file.
pub(crate) fn fault(head: &[u8]) -> ReadFault {
    let expected = "an HDF5 file";
    match KINDS.iter().find(|kind| (kind.begins)(head)) {
        Some(kind) => ReadFault::Foreign { expected, found: kind.found, help: kind.help },
        None => ReadFault::OtherFormat { expected },
    }
}

/// What a file is that begins so and is no text.
pub(crate) fn no_text(head: &[u8]) -> ReadFault {
    let expected = "a text in UTF-8";
    if Source::begins(head).is_ok() {
        let help = "give it the ending that it is read by: `.nir` for a graph, `.h5` for data";
        return ReadFault::Foreign { expected, found: "HDF5", help };
    }
    ReadFault::OtherFormat { expected }
}

fn holds(head: &[u8], part: &[u8]) -> bool {
    head.windows(part.len()).any(|window| window == part)
}

/// A text without what may stand before it.
fn text(head: &[u8]) -> &[u8] {
    let head = head.strip_prefix(BOM).unwrap_or(head);
    head.trim_ascii_start()
}
