//! A set document on its way in, as JSON or as a workbook.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use bytes::Bytes;
use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Faults, IndicatorSet, SetDocument};
use sha2::{Digest as _, Sha256};

use crate::authoring;
use crate::error::Failure;
use crate::extract::{Arriving, collect, media_type};
use crate::intake::Format;
use crate::state::State;

/// The body of a request that carries a set document.
#[derive(Debug, Clone)]
pub(super) struct SetBody {
    bytes: Bytes,
    format: Format,
    /// The digest of the bytes.
    pub digest: String,
}

impl SetBody {
    /// The checked set; the faults of a workbook are told by cell.
    pub fn check(&self) -> Result<IndicatorSet, Faults> {
        match self.format {
            Format::Xlsx => authoring::read(&self.bytes),
            _ => SetDocument::check_text(&self.bytes),
        }
    }
}

impl FromRequest for SetBody {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = request.app_data::<web::Data<State>>().expect("the application is built with its state");
            let kind = media_type(&request);
            let format = match Format::from_media_type(&kind) {
                Some(Format::Xlsx) => Format::Xlsx,
                Some(Format::Json) => Format::Json,
                _ if kind.starts_with("application/") && kind.ends_with("+json") => Format::Json,
                _ => {
                    let accepted = [Format::Json, Format::Xlsx].map(Format::media_type).join(", ");
                    return Err(Failure::UnsupportedMediaType { accepted });
                }
            };
            let bytes = collect(Arriving::new(payload, state), state.config().limits.json_bytes).await?;
            Ok(Self { digest: hex(&Sha256::digest(&bytes)), bytes, format })
        })
    }
}
