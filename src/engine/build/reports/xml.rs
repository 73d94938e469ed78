//! XML as a small tree with line numbers.
//!
//! Names lose their namespace prefix. Only the five entities of XML itself and character references are known; a document type
//! is passed over unless it declares entities. Elements, attributes and nesting are bounded.

use super::encoding::decode;
use super::parse::{Read, ReportError};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// Bounds far above any honest report.
const MAX_ELEMENTS: usize = 1_000_000;
const MAX_ATTRIBUTES: usize = 200;
const MAX_DEPTH: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    /// From 1: where its tag begins.
    pub line: usize,
    attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    /// All text right in the element.
    pub text: String,
}

impl Element {
    pub fn attr(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// The attribute's value, empty if there is none.
    pub fn text_of(&self, name: &str) -> String {
        self.attr(name).unwrap_or_default().to_owned()
    }

    /// The elements of this name right in this one.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub fn first(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The elements of this name at any depth, in the order of the file.
    pub fn below<'a>(&'a self, name: &str) -> Vec<&'a Element> {
        let mut found = Vec::new();
        self.visit(&mut |element| {
            if element.name == name {
                found.push(element);
            }
        });
        found
    }

    /// The text of a child, without blanks around it; empty if there is none.
    pub fn content(&self, name: &str) -> &str {
        self.first(name).map_or("", |child| child.text.trim())
    }

    fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Element)) {
        for child in &self.children {
            see(child);
            child.visit(see);
        }
    }
}

/// The roots of a document, each with one of these names.
pub fn roots(bytes: &[u8], names: &[&str]) -> Read<Vec<Element>> {
    let text = decode(bytes)?;
    let roots = Builder::new(&text).document()?;
    for root in &roots {
        if !names.contains(&root.name.as_str()) {
            let expected = names.join(" or ");
            let message = format!("expected the element {expected}, found {}", root.name);
            return Err(ReportError::at(root.line, message));
        }
    }
    match roots.is_empty() {
        true => Err(ReportError::at(1, "the file holds no element")),
        false => Ok(roots),
    }
}

/// The only root of a document.
pub fn root(bytes: &[u8], name: &str) -> Read<Element> {
    let mut roots = roots(bytes, &[name])?;
    match roots.get(1) {
        Some(second) => Err(ReportError::at(
            second.line,
            "the file has a second root element",
        )),
        None => Ok(roots.swap_remove(0)),
    }
}

/// Builds the tree from the reader's events.
struct Builder<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Bytes whose lines were counted, and the line they end on.
    counted: (usize, usize),
    open: Vec<Element>,
    roots: Vec<Element>,
    elements: usize,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            reader: Reader::from_str(text),
            counted: (0, 1),
            open: Vec::new(),
            roots: Vec::new(),
            elements: 0,
        }
    }

    fn document(mut self) -> Read<Vec<Element>> {
        loop {
            let start = self.reader.buffer_position();
            let line = self.line(start);
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let line = self.line(self.reader.error_position());
                    return Err(ReportError::at(line, error.to_string()));
                }
            };
            match event {
                Event::Start(tag) => self.begin(&tag, line)?,
                Event::Empty(tag) => {
                    self.begin(&tag, line)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.write(&text.xml10_content(), line)?,
                Event::CData(text) => self.write(&text.xml10_content(), line)?,
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference, line)?;
                    self.write(character.encode_utf8(&mut [0; 4]), line)?;
                }
                Event::DocType(text) => refuse_entities(&text.xml10_content(), line)?,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => return self.finish(line),
            }
        }
    }

    fn finish(self, line: usize) -> Read<Vec<Element>> {
        match self.open.last() {
            Some(open) => Err(ReportError::at(
                line,
                format!("the element {} of line {} has no end", open.name, open.line),
            )),
            None => Ok(self.roots),
        }
    }

    /// The line on which a place of the text lies; places come in rising order, but for errors.
    fn line(&mut self, position: u64) -> usize {
        let position = usize::try_from(position)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        let (from, line) = self.counted;
        let bytes = self.text.as_bytes();
        let Some(passed) = bytes.get(from..position) else {
            return line;
        };
        let line = line + passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = (position, line);
        line
    }

    fn begin(&mut self, tag: &BytesStart<'_>, line: usize) -> Read<()> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            let message = format!("the file has more than {MAX_ELEMENTS} elements");
            return Err(ReportError::at(line, message));
        }
        if self.open.len() >= MAX_DEPTH {
            let message = format!("elements are nested more than {MAX_DEPTH} deep");
            return Err(ReportError::at(line, message));
        }
        self.open.push(Element {
            name: tag.local_name().as_ref().to_owned(),
            line,
            attributes: attributes(tag, line)?,
            ..Element::default()
        });
        Ok(())
    }

    fn end(&mut self) {
        if let Some(element) = self.open.pop() {
            let siblings = match self.open.last_mut() {
                Some(parent) => &mut parent.children,
                None => &mut self.roots,
            };
            siblings.push(element);
        }
    }

    fn write(&mut self, text: &str, line: usize) -> Read<()> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => {
                return Err(ReportError::at(
                    line,
                    "there is text outside of all elements",
                ));
            }
        }
        Ok(())
    }
}

/// Checking for names that come twice would look at all pairs; the first one counts.
fn attributes(tag: &BytesStart<'_>, line: usize) -> Read<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut attributes = tag.attributes();
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.map_err(|error| ReportError::at(line, error.to_string()))?;
        if found.len() >= MAX_ATTRIBUTES {
            let message = format!("an element has more than {MAX_ATTRIBUTES} attributes");
            return Err(ReportError::at(line, message));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| ReportError::at(line, error.to_string()))?;
        let name = attribute.key.local_name().as_ref().to_owned();
        found.push((name, value.into_owned()));
    }
    Ok(found)
}

fn resolve(reference: &BytesRef<'_>, line: usize) -> Read<char> {
    let wrong = |error: quick_xml::Error| ReportError::at(line, error.to_string());
    if let Some(character) = reference.resolve_char_ref().map_err(wrong)? {
        return Ok(character);
    }
    let name = reference.xml10_content();
    match name.as_ref() {
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "gt" => Ok('>'),
        "lt" => Ok('<'),
        "quot" => Ok('"'),
        other => {
            let message = format!("the entity {other} is not known and not expanded");
            Err(ReportError::at(line, message))
        }
    }
}

/// Entities could be bombs, or name files of this machine.
fn refuse_entities(doctype: &str, line: usize) -> Read<()> {
    match doctype.contains("ENTITY") {
        true => Err(ReportError::at(
            line,
            "a document type may not declare entities",
        )),
        false => Ok(()),
    }
}
