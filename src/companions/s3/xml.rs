//! Looks over XML documents that are kept as they were written.

use super::errors;
use quick_xml::Reader;
use quick_xml::events::Event;
use s3s::S3Result;

const DEEPEST: usize = 32;

/// Refuses what is not well formed, has another root, or has other elements right in it. Errors: `MalformedXML`.
pub fn check(text: &str, root: &str, children: &[&str]) -> S3Result<()> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0usize;
    let mut roots = 0;
    loop {
        let event = reader.read_event().map_err(|_| errors::malformed_xml())?;
        let (starts, name) = match &event {
            Event::Start(start) => (1, start.local_name().as_ref().to_owned()),
            Event::Empty(start) => (0, start.local_name().as_ref().to_owned()),
            Event::End(_) => {
                depth = depth.checked_sub(1).ok_or_else(errors::malformed_xml)?;
                continue;
            }
            // Entities could be bombs.
            Event::DocType(_) => return Err(errors::malformed_xml()),
            Event::Eof if depth == 0 && roots == 1 => return Ok(()),
            Event::Eof => return Err(errors::malformed_xml()),
            _ => continue,
        };
        roots += usize::from(depth == 0);
        let allowed = match depth {
            0 => name == root,
            1 => children.contains(&name.as_str()),
            _ => depth < DEEPEST,
        };
        if !allowed {
            return Err(errors::malformed_xml());
        }
        depth += starts;
    }
}

/// The text of the first element of this name, when it holds nothing but text.
pub fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    (!content.contains('<')).then(|| content.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        check(text, "CORSConfiguration", &["CORSRule"]).is_ok()
    }

    #[test]
    fn a_document_has_its_root_and_its_elements() {
        assert!(accepts(
            r#"<?xml version="1.0"?><CORSConfiguration xmlns="x"><CORSRule><New>1</New></CORSRule></CORSConfiguration>"#
        ));
        assert!(accepts("<CORSConfiguration/>"));
        for text in [
            "",
            "text",
            "<Other/>",
            "<CORSConfiguration><Rule/></CORSConfiguration>",
            "<CORSConfiguration><CORSRule></CORSConfiguration>",
            "<CORSConfiguration>",
            "<CORSConfiguration/><CORSConfiguration/>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><CORSConfiguration/>",
        ] {
            assert!(!accepts(text), "{text}");
        }
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        assert!(!accepts(&format!(
            "<CORSConfiguration><CORSRule>{deep}</CORSRule></CORSConfiguration>"
        )));
    }

    #[test]
    fn an_elements_text_is_found() {
        assert_eq!(element("<a><b> x </b></a>", "b"), Some("x"));
        assert_eq!(element("<a><b> x </b></a>", "a"), None);
    }
}
