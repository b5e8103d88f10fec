//! The guest's statement as a subquery: foreign types as text, and no value larger than the limit.
//!
//! The driver reads a whole row into memory before anybody can look at it, so a row that is too large
//! must not be sent. Columns are called `c1`, `c2`, … inside, because names may repeat.

use std::fmt::Write as _;

use super::kind::Kind;
use super::shape::Field;

/// Whether the statement has to be run as a subquery: a column is foreign, or could alone be larger
/// than `max_bytes`.
pub fn is_needed(fields: &[Field], max_bytes: u64) -> bool {
    let longest = fields.iter().try_fold(0u64, |sum, field| {
        field.kind.longest().map(|longest| sum + longest)
    });
    longest.is_none_or(|longest| longest > max_bytes)
}

/// Where the value of each field is in a row of the projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the value.
    pub value: usize,
    /// Index of the text form, filled for an array with several dimensions.
    pub text: Option<usize>,
}

/// The statement and how to read its rows.
pub struct Projection {
    pub sql: String,
    pub places: Vec<Place>,
    /// Index of the boolean that says that the row is too large and therefore empty.
    pub too_large: usize,
}

/// Puts `sql` into a subquery. `OFFSET 0` keeps the planner from merging the levels, which would
/// compute expressions twice; it leaves no trace in the plan.
pub fn project(sql: &str, fields: &[Field], max_bytes: u64) -> Projection {
    let names: Vec<String> = (1..=fields.len()).map(|n| format!("c{n}")).collect();
    let mut inner = Vec::new();
    let mut size = "0::int8".to_owned();
    let mut outer = Vec::new();
    let mut places = Vec::new();
    for (field, name) in fields.iter().zip(&names) {
        inner.push(match field.kind.is_cast() {
            // Not a cast: that of `inet` differs from what the server prints.
            true => format!(
                "CASE WHEN {name} IS DISTINCT FROM NULL THEN pg_catalog.concat({name}) END AS {name}"
            ),
            false => name.clone(),
        });
        let bounded = field.kind.longest().is_some() && field.kind != Kind::Numeric;
        if !bounded {
            let measured = match field.kind {
                Kind::Bytea => name.clone(),
                _ => format!("{name}::text"),
            };
            let _ = write!(size, " + coalesce(pg_catalog.octet_length({measured}), 0)");
        }
        let value = outer.len();
        outer.push(match (bounded, field.kind.is_array()) {
            (true, _) => name.clone(),
            (false, false) => format!("CASE WHEN size <= {max_bytes} THEN {name} END"),
            (false, true) => format!(
                "CASE WHEN size <= {max_bytes} AND \
                 coalesce(pg_catalog.array_ndims({name}), 0) < 2 THEN {name} END"
            ),
        });
        let text = field.kind.is_array().then(|| {
            outer.push(format!(
                "CASE WHEN size <= {max_bytes} AND pg_catalog.array_ndims({name}) > 1 \
                 THEN {name}::text END"
            ));
            outer.len() - 1
        });
        places.push(Place { value, text });
    }
    outer.push(format!("size > {max_bytes}"));
    Projection {
        sql: format!(
            "SELECT {} FROM (SELECT *, {size} AS size FROM (SELECT {} FROM (\n{sql}\n) AS g({}) \
             OFFSET 0) AS v OFFSET 0) AS w",
            outer.join(", "),
            inner.join(", "),
            names.join(", "),
        ),
        places,
        too_large: outer.len() - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sql::Column;

    fn fields(kinds: &[Kind]) -> Vec<Field> {
        let column = Column {
            name: "a".into(),
            type_name: "t".into(),
        };
        kinds
            .iter()
            .map(|kind| Field {
                column: column.clone(),
                kind: *kind,
            })
            .collect()
    }

    #[test]
    fn only_what_may_be_long_or_foreign_needs_a_projection() {
        let cases = [
            (&[Kind::Int4, Kind::Timestamptz, Kind::Numeric][..], false),
            (&[Kind::Numeric; 120][..], true),
            (&[Kind::Text][..], true),
            (&[Kind::Int4, Kind::Foreign][..], true),
            (&[Kind::Int4Array][..], true),
            (&[][..], false),
        ];
        for (kinds, expected) in cases {
            assert_eq!(is_needed(&fields(kinds), 8 << 20), expected, "{kinds:?}");
        }
    }

    #[test]
    fn the_statement_stands_on_lines_of_its_own() {
        let kinds = [Kind::Int4, Kind::Text, Kind::Foreign, Kind::Int4Array];
        let projection = project("TABLE t -- all of it", &fields(&kinds), 100);
        insta::assert_snapshot!(projection.sql);
    }
}
