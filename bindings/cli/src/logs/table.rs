//! Delimited text with line numbers. One line is one row: a quote that is left open spoils its own line only.

use std::borrow::Cow;

use super::problems::Reason;

/// The fields of one line, quoted as in RFC 4180 (`"a,b"`, `""` for a quote).
///
/// # Errors
/// A quote that is not closed, or text behind a closing quote.
pub(super) fn fields(line: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, Reason> {
    let mut found = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            unquoted(quoted)?
        } else {
            let end = rest.find(delimiter).unwrap_or(rest.len());
            (Cow::Borrowed(&rest[..end]), &rest[end..])
        };
        found.push(field);
        if after.is_empty() {
            return Ok(found);
        }
        rest = after.strip_prefix(delimiter).ok_or("text behind a closing quote")?;
    }
}

/// A field behind its opening quote, and what follows its closing one.
fn unquoted(text: &str) -> Result<(Cow<'_, str>, &str), Reason> {
    let mut from = 0;
    while let Some(quote) = text[from..].find('"').map(|at| from + at) {
        if !text[quote + 1..].starts_with('"') {
            let field = &text[..quote];
            let field = if field.contains('"') { field.replace("\"\"", "\"").into() } else { Cow::Borrowed(field) };
            return Ok((field, &text[quote + 1..]));
        }
        from = quote + 2;
    }
    Err("a quote is not closed".into())
}

/// The lines of a text that are not blank, each with its number from 1.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// Which column of a table is where.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// Reads the header: `required` columns must be there, `optional` ones may, in any order, and no others.
    ///
    /// # Errors
    /// The columns that are missing, unknown or doubled, by name.
    pub(super) fn read(line: &str, delimiter: char, required: &[&str], optional: &[&str]) -> Result<Self, String> {
        let names: Vec<String> = fields(line, delimiter)?.iter().map(|f| f.trim().to_owned()).collect();
        let known = |name: &str| required.contains(&name) || optional.contains(&name);
        for (what, mut found) in [
            ("missing", required.iter().copied().filter(|r| !names.iter().any(|n| n == r)).collect::<Vec<_>>()),
            ("unknown", names.iter().filter(|n| !known(n)).map(|n| shown(n)).collect()),
            ("doubled", known_twice(&names)),
        ] {
            found.dedup();
            if !found.is_empty() {
                return Err(format!("{what} column {}", found.join(", ")));
            }
        }
        Ok(Self { names })
    }

    /// The columns of a table without a header.
    pub(super) fn fixed(names: &[&str]) -> Self {
        Self { names: names.iter().map(|&n| n.to_owned()).collect() }
    }

    /// The place of a column, if the table has it.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// The fields of a row, exactly as many as there are columns.
    ///
    /// # Errors
    /// A row with more or fewer fields, or with a broken quote.
    pub(super) fn split<'a>(&self, line: &'a str, delimiter: char) -> Result<Vec<Cow<'a, str>>, Reason> {
        let row = fields(line, delimiter)?;
        if row.len() == self.names.len() {
            return Ok(row);
        }
        Err(format!("{} fields instead of {}", row.len(), self.names.len()).into())
    }
}

fn known_twice(names: &[String]) -> Vec<&str> {
    let twice = |i: usize| names[..i].contains(&names[i]);
    (0..names.len()).filter(|&i| twice(i)).map(|i| names[i].as_str()).collect()
}

/// A column's name as it can be shown: a file without a header has data there, which is not repeated.
fn shown(name: &str) -> &str {
    let is_name = name.len() <= 32 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_name && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') { name } else { "(no name)" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_protect_delimiters_and_double_for_themselves() {
        assert_eq!(fields(r#"a,"b,c",,"say ""hi""""#, ',').expect("good"), ["a", "b,c", "", r#"say "hi""#]);
        assert_eq!(fields("it's \"x\"\t2", '\t').expect("good"), ["it's \"x\"", "2"]);
        assert_eq!(fields("", ',').expect("good"), [""]);
        assert_eq!(fields("a,", ',').expect("good"), ["a", ""]);
        for bad in ["\"a", "a,\"b\"c", "\"\"\"", "\""] {
            assert!(fields(bad, ',').is_err(), "{bad}");
        }
    }

    #[test]
    fn headers_name_what_is_wrong_with_them() {
        let read = |line| Columns::read(line, ',', &["user", "at"], &["place"]).map(|c| c.place("place"));
        assert_eq!(read("place,at,user"), Ok(Some(0)));
        assert_eq!(read("at,user"), Ok(None));
        assert_eq!(read("user,place").expect_err("no at"), "missing column at");
        assert_eq!(read("user,at,colour,size").expect_err("extra"), "unknown column colour, size");
        assert_eq!(read("user,at,at").expect_err("twice"), "doubled column at");
        assert_eq!(read("user,at,0612 345").expect_err("data"), "unknown column (no name)");
    }
}
