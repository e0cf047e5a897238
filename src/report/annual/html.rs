//! `report.html` of years: one page, nothing fetched, no script, readable on a dark screen and on paper.

use super::AnnualInput;
use super::view::page_view;
use crate::analysis::annual::results::AnnualResults;
use crate::report::html::render;
use crate::report::{ReportError, ResultFile};

const TEMPLATE: &str = include_str!("template.html");
const FILE: &str = "report.html";

/// The page.
///
/// # Errors
///
/// A chart or the template that could not be rendered: a bug of ours.
pub fn page(results: &AnnualResults) -> Result<String, ReportError> {
    render(FILE, TEMPLATE, page_view(results)?)
}

/// `report.html` as a file.
///
/// # Errors
///
/// A chart or the template that could not be rendered: a bug of ours.
pub fn file<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    Ok(vec![ResultFile::whole(FILE, page(input.results)?.into_bytes())])
}
