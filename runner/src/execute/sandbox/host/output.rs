//! [`Output`]: where standard output and error of a language runtime end. The newest bytes stay, so
//! that what was printed last can explain a failure; a pack that prints much is not stopped for it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::execute::sandbox::limits::OUTPUT_BYTES;

/// Keeps the last [`OUTPUT_BYTES`] that were written; clones share them.
#[derive(Clone, Default)]
pub(super) struct Output(Arc<Mutex<VecDeque<u8>>>);

impl Output {
    /// What is kept, as text.
    pub(super) fn text(&self) -> String {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }

    fn keep(&self, bytes: &[u8]) {
        let newest = &bytes[bytes.len().saturating_sub(OUTPUT_BYTES)..];
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let too_many = (kept.len() + newest.len()).saturating_sub(OUTPUT_BYTES);
        kept.drain(..too_many);
        kept.extend(newest);
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.keep(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(OUTPUT_BYTES)
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.keep(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_bytes_are_kept() {
        let output = Output::default();
        output.keep(b"first ");
        output.keep("x".repeat(OUTPUT_BYTES - 4).as_bytes());
        output.keep(b"last");
        assert_eq!(output.text().len(), OUTPUT_BYTES);
        assert!(output.text().starts_with("xxx") && output.text().ends_with("xlast"));
        output.keep(format!("{}end", "y".repeat(OUTPUT_BYTES)).as_bytes());
        assert_eq!(output.text().len(), OUTPUT_BYTES);
        assert!(output.text().starts_with("yyy") && output.text().ends_with("yend"));
    }
}
