//! The header of AEDAT 4.0: compression, the place of the table of packets, the streams.

use super::buffer::Buffer;
use crate::Size;

/// Nodes inside each other in the description of the streams.
const DEPTH: usize = 16;

/// What stands in the header.
pub(super) struct Header {
    pub(super) compression: i32,
    /// Where the table of packets is; -1 where there is none.
    pub(super) table: i64,
    description: String,
}

/// A stream of packets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stream {
    pub(super) id: i32,
    /// `EVTS`, `FRME`, `IMUS`, `TRIG`.
    pub(super) kind: String,
    pub(super) size: Option<Size>,
    pub(super) source: Option<String>,
}

impl Header {
    /// Reads a header with its size in front.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let buffer = Buffer::new(bytes);
        if buffer.identifier()? != *b"IOHE" {
            return None;
        }
        let root = buffer.root()?;
        Some(Self {
            compression: buffer.i32(root, 0)?,
            table: buffer.i64(root, 1, -1)?,
            description: buffer.text(root, 2).unwrap_or_default().to_owned(),
        })
    }

    /// Returns the streams in order of their numbers; `None` where the description is no XML.
    pub(super) fn streams(&self) -> Option<Vec<Stream>> {
        // The parser goes as deep as the text does.
        if self.depth() > DEPTH {
            return None;
        }
        let document = roxmltree::Document::parse(&self.description).ok()?;
        let named = |node: roxmltree::Node<'_, '_>| node.has_tag_name("node");
        let mut outs = document.descendants().filter(|node| named(*node));
        let out = outs.find(|node| node.attribute("name") == Some("outInfo"))?;
        let mut streams: Vec<Stream> =
            out.children().filter(|node| named(*node)).filter_map(stream).collect();
        streams.sort_by_key(|stream| stream.id);
        Some(streams)
    }

    /// How deep elements lie inside each other, at least.
    fn depth(&self) -> usize {
        let (mut depth, mut most) = (0_usize, 0);
        for piece in self.description.split('<').skip(1) {
            if piece.starts_with('/') {
                depth = depth.saturating_sub(1);
            } else if !piece.starts_with(['?', '!'])
                && !piece.split('>').next().unwrap_or_default().ends_with('/')
            {
                depth += 1;
                most = most.max(depth);
            }
        }
        most
    }
}

/// A stream that a node describes.
fn stream(node: roxmltree::Node<'_, '_>) -> Option<Stream> {
    let id = node.attribute("name")?.parse().ok()?;
    let info = node.children().find(|child| child.attribute("name") == Some("info"));
    let number = |key: &str| attribute(info?, key)?.parse::<u16>().ok();
    let size = number("sizeX").zip(number("sizeY")).map(|(width, height)| Size { width, height });
    let source = info.and_then(|info| attribute(info, "source")).map(str::to_owned);
    Some(Stream { id, kind: attribute(node, "typeIdentifier")?.to_owned(), size, source })
}

/// The text of an attribute of a node.
fn attribute<'a>(node: roxmltree::Node<'a, '_>, key: &str) -> Option<&'a str> {
    let mut attributes = node.children().filter(|child| child.has_tag_name("attr"));
    attributes.find(|child| child.attribute("key") == Some(key))?.text()
}
