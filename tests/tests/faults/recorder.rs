//! What the recorder shows.
