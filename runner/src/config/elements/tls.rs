//! `tls = { mode, ca, certificate, key }` of a target.

use super::Context;
use crate::config::collector::Remark;
use crate::config::shape::fields::Fields;
use crate::model::target::{ClientCertificate, Host, Tls, TlsMode};

/// Reads the table, or takes the defaults: for `host` what is safe, and what `ca` implies.
pub(in crate::config) fn decode(
    fields: Option<Fields<'_>>,
    host: &Host,
    context: &mut Context<'_, '_>,
) -> Tls {
    let Some(fields) = fields else {
        return Tls {
            mode: default_mode(host),
            ca: None,
            client: None,
        };
    };
    let ca = fields.text("ca");
    let mode = match fields.text("mode") {
        Some(word) => mode(word.get_ref()).unwrap_or(TlsMode::VerifyFull),
        // Whoever names an authority wants it to be asked.
        None if ca.is_some() => TlsMode::VerifyFull,
        None => default_mode(host),
    };
    if let Some(ca) = &ca
        && mode != TlsMode::VerifyFull
    {
        let remark = Remark::new("`ca` is given, but this mode does not verify certificates")
            .with_hint("write `mode = \"verify-full\"`, or leave `ca` out");
        context.problems.error(&ca.span(), remark);
    }
    if let (Host::Socket { .. }, TlsMode::Require | TlsMode::VerifyFull) = (host, mode) {
        let remark = Remark::new("a Unix socket needs no TLS")
            .with_hint("leave `tls` out: the connection does not leave this machine");
        context.problems.error(&fields.key_span("mode"), remark);
    }
    Tls {
        mode,
        ca: ca.map(|ca| context.source.resolve(ca.get_ref())),
        client: client(fields, mode, context),
    }
}

fn client(
    fields: Fields<'_>,
    mode: TlsMode,
    context: &mut Context<'_, '_>,
) -> Option<ClientCertificate> {
    let (certificate, key) = (fields.text("certificate"), fields.text("key"));
    for (one, other) in [("certificate", "key"), ("key", "certificate")] {
        if fields.has(one) && !fields.has(other) {
            let remark = Remark::new(format!("`{one}` needs `{other}`"))
                .with_hint("both are PEM files and may be the same one");
            context.problems.error(&fields.key_span(one), remark);
        }
    }
    if mode == TlsMode::Disable && fields.has("certificate") {
        let remark = Remark::new("a client certificate needs TLS, which is disabled")
            .with_hint("write `mode = \"verify-full\"`, or leave the certificate out");
        context
            .problems
            .error(&fields.key_span("certificate"), remark);
    }
    Some(ClientCertificate {
        certificate: context.source.resolve(certificate?.get_ref()),
        key: context.source.resolve(key?.get_ref()),
    })
}

fn default_mode(host: &Host) -> TlsMode {
    if host.is_local() {
        TlsMode::Prefer
    } else {
        TlsMode::VerifyFull
    }
}

/// `None` for a word that [`crate::config::shape`] has already refused.
fn mode(word: &str) -> Option<TlsMode> {
    Some(match word {
        "disable" => TlsMode::Disable,
        "prefer" => TlsMode::Prefer,
        "require" => TlsMode::Require,
        "verify-full" => TlsMode::VerifyFull,
        _ => return None,
    })
}
