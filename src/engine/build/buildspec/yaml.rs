//! YAML as a tree of texts with line numbers.
//!
//! Scalars stay the text they were written as, so that `3.10` is not 3.1 and `no` is not false. Aliases are copied under a budget
//! of nodes and bytes; nesting is bounded.

use serde_saphyr::granit_parser::{self, ErrorKind, Event, Parser, ScalarStyle, ScanError, Span};
use std::collections::HashMap;

/// Bounds on what is read; far above any honest buildspec.
pub const MAX_BYTES: usize = 1024 * 1024;
const MAX_NODES: usize = 100_000;
const MAX_TEXT: usize = 8 * 1024 * 1024;
const MAX_DEPTH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// From 1.
    pub line: usize,
    pub value: Value,
    /// A text that was written without quotes, so that it may be meant as a number or a truth value.
    pub plain: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing at all, or a plain `~` or `null`.
    Null,
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; the last of two equal keys wins.
    Map(Vec<(String, Node)>),
}

/// What is wrong with a text, and where: the whole message, on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct YamlError(pub String);

impl YamlError {
    /// `<message> at line <line>`.
    pub fn new(message: impl std::fmt::Display, line: usize) -> Self {
        Self(format!("{message} at line {line}"))
    }
}

impl Node {
    /// The value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, n)| n),
            _ => None,
        }
    }
}

/// The first document of `bytes`. An empty text is a null on line 1.
pub fn parse(bytes: &[u8]) -> Result<Node, YamlError> {
    if bytes.len() > MAX_BYTES {
        return Err(YamlError::new(
            format!("file is larger than {MAX_BYTES} bytes"),
            1,
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Builder::new(text).document()
}

fn not_utf8(bytes: &[u8], at: usize) -> YamlError {
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    YamlError::new("invalid leading UTF-8 octet", line)
}

/// Builds the tree from the parser's events.
struct Builder<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    text: usize,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            anchors: HashMap::new(),
            nodes: 0,
            text: 0,
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Ok((
                Event::StreamEnd,
                Span::empty(granit_parser::Marker::new(0, 1, 0)),
            )),
        }
    }

    fn document(mut self) -> Result<Node, YamlError> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd | Event::DocumentEnd => return Ok(null(1)),
                event => return self.node(event, span, 0),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, YamlError> {
        let line = span.start.line();
        if depth > MAX_DEPTH {
            return Err(YamlError::new("exceeded max depth", line));
        }
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, _) => {
                (anchor, scalar(text.into_owned(), style, line))
            }
            Event::SequenceStart(_, anchor, _) => (anchor, self.list(line, depth)?),
            Event::MappingStart(_, anchor, _) => (anchor, self.map(line, depth)?),
            Event::Alias(id) => (0, self.alias(id, line)?),
            _ => return Err(YamlError::new("did not find expected node content", line)),
        };
        self.charge(&node, line)?;
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    /// A copy of what the anchor named, paid for like the original.
    fn alias(&mut self, id: usize, line: usize) -> Result<Node, YamlError> {
        let missing = || YamlError::new("anchor contains itself", line);
        let node = self.anchors.get(&id).ok_or_else(missing)?;
        let (nodes, text) = weight(node);
        self.nodes += nodes;
        self.text += text;
        self.check_budget(line)?;
        Ok(node.clone())
    }

    /// Children were charged when they were made.
    fn charge(&mut self, node: &Node, line: usize) -> Result<(), YamlError> {
        self.nodes += 1;
        if let Value::Text(text) = &node.value {
            self.text += text.len();
        }
        self.check_budget(line)
    }

    fn check_budget(&self, line: usize) -> Result<(), YamlError> {
        if self.nodes > MAX_NODES || self.text > MAX_TEXT {
            return Err(YamlError::new("document contains excessive aliasing", line));
        }
        Ok(())
    }

    fn list(&mut self, line: usize, depth: usize) -> Result<Node, YamlError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => break,
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
        Ok(Node {
            line,
            value: Value::List(items),
            plain: false,
        })
    }

    fn map(&mut self, line: usize, depth: usize) -> Result<Node, YamlError> {
        let mut entries = Entries::default();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key_line = span.start.line();
            let key = key_text(self.node(event, span, depth + 1)?)?;
            let (event, span) = self.next()?;
            let mut value = self.node(event, span, depth + 1)?;
            if value.value == Value::Null {
                value.line = key_line;
            }
            entries.put(key, value)?;
        }
        Ok(Node {
            line,
            value: Value::Map(entries.finish()),
            plain: false,
        })
    }
}

/// Entries of one mapping: later keys win over earlier ones, own keys over merged ones.
#[derive(Default)]
struct Entries {
    own: Vec<(String, Node)>,
    places: HashMap<String, usize>,
    merged: Vec<(String, Node)>,
}

impl Entries {
    fn put(&mut self, key: String, value: Node) -> Result<(), YamlError> {
        if key == "<<" {
            return self.merge(value);
        }
        match self.places.get(&key) {
            Some(place) => self.own[*place].1 = value,
            None => {
                self.places.insert(key.clone(), self.own.len());
                self.own.push((key, value));
            }
        }
        Ok(())
    }

    fn merge(&mut self, value: Node) -> Result<(), YamlError> {
        let refused = YamlError::new(
            "map merge requires map or sequence of maps as the value",
            value.line,
        );
        match value.value {
            Value::Map(entries) => self.merged.extend(entries),
            Value::List(items) => {
                for item in items {
                    let Value::Map(entries) = item.value else {
                        return Err(refused);
                    };
                    self.merged.extend(entries);
                }
            }
            _ => return Err(refused),
        }
        Ok(())
    }

    fn finish(mut self) -> Vec<(String, Node)> {
        for (key, value) in self.merged {
            if !self.places.contains_key(&key) {
                self.places.insert(key.clone(), self.own.len());
                self.own.push((key, value));
            }
        }
        self.own
    }
}

fn null(line: usize) -> Node {
    Node {
        line,
        value: Value::Null,
        plain: true,
    }
}

fn scalar(text: String, style: ScalarStyle, line: usize) -> Node {
    let plain = style == ScalarStyle::Plain;
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" if plain => null(line),
        _ => Node {
            line,
            value: Value::Text(text),
            plain,
        },
    }
}

fn key_text(key: Node) -> Result<String, YamlError> {
    match key.value {
        Value::Text(text) => Ok(text),
        Value::Null => Ok(String::new()),
        _ => Err(YamlError::new("invalid map key", key.line)),
    }
}

/// Nodes and bytes of text below and including this one.
fn weight(node: &Node) -> (usize, usize) {
    let add = |(a, b): (usize, usize), (c, d): (usize, usize)| (a + c, b + d);
    match &node.value {
        Value::Null => (1, 0),
        Value::Text(text) => (1, text.len()),
        Value::List(items) => items.iter().map(weight).fold((1, 0), add),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| add(weight(value), (0, key.len())))
            .fold((1, 0), add),
    }
}

/// The parser's complaint in the words of the parser AWS uses, as far as they are known.
fn scan_error(error: &ScanError) -> YamlError {
    YamlError::new(words(error.kind()), error.marker().line())
}

fn words(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::UnclosedFlowCollection { open: '[' } => "did not find expected ',' or ']'",
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnclosedFlowCollection { .. } => "did not find expected ',' or '}'",
        ErrorKind::UnexpectedCharacter { .. }
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => "found character that cannot start any token",
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::UnexpectedEofBlockMapping => {
            "did not find expected key"
        }
        ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::UnexpectedEofBlockSequence => {
            "did not find expected '-' indicator"
        }
        ErrorKind::UnknownAnchor => "unknown anchor referenced",
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "could not find expected ':'",
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            "found unexpected end of stream"
        }
        ErrorKind::UnknownQuotedScalarEscape => "found unknown escape character",
        ErrorKind::RecursionLimitExceeded => "exceeded max depth",
        other => return unscoped(&other.to_string()),
    }
    .to_owned()
}

/// `while parsing this, that` → `that`.
fn unscoped(message: &str) -> String {
    match message
        .strip_prefix("while ")
        .and_then(|rest| rest.split_once(", "))
    {
        Some((_, problem)) => problem.to_owned(),
        None => message.to_owned(),
    }
}
