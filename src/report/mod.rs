//! Finished results as files and as text: one file per format.
