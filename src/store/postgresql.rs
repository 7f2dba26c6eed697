//! PostgreSQL: for several instances that share the load. Connections that end are made again.
//!
//! The client has threads of its own: call the store from a plain thread, not from a task of a runtime.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::database::{Row, Value};
use crate::store::errors::{Error, Kind, Result};

/// Limits of a session: nothing waits without end, and what was committed is on the server's disk.
const SESSION: &str = "
    SET lock_timeout = '5s';
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';
    SET client_min_messages = 'error';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
";
/// Statements that are kept ready.
const READY: usize = 128;

/// A connection to a server, and how to make it again.
pub(crate) struct Postgres {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    client: Client,
    /// Whether a transaction is open. What is left of it after the connection ended fails, and is not done alone.
    inside: bool,
    ready: HashMap<String, Statement>,
}

impl Postgres {
    /// Connects to the server at an address, `postgres://user:password@host/database?…`.
    pub(crate) fn open(address: &str) -> Result<Self> {
        let (address, roots) = take_roots(address);
        // The parser's words may quote the address, which may hold a password.
        let mut config: Config = address.parse().map_err(|_| {
            Error::setting("the store's address is not `postgres://user:password@host/database`")
        })?;
        let tls = secure(&mut config, roots.as_deref())?;
        if config.get_application_name().is_none() {
            config.application_name("galen");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        let client = connect(&config, tls.as_ref())?;
        Ok(Self { config, tls, client, inside: false, ready: HashMap::new() })
    }

    /// Makes the connection again where it has ended.
    fn alive(&mut self) -> Result<()> {
        if self.client.is_closed() && !self.inside {
            self.ready.clear();
            self.client = connect(&self.config, self.tls.as_ref())?;
        }
        Ok(())
    }

    /// Begins a transaction. A connection may have ended unseen since it was used: then it is made again.
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.alive()?;
        if let Err(error) = self.client.batch_execute("BEGIN") {
            if !self.client.is_closed() {
                return Err(error.into());
            }
            self.alive()?;
            self.client.batch_execute("BEGIN")?;
        }
        self.inside = true;
        Ok(())
    }

    /// Ends a transaction by `COMMIT` or `ROLLBACK`.
    pub(crate) fn end(&mut self, sql: &str) -> Result<()> {
        let ended = self.client.batch_execute(sql);
        self.inside = false;
        Ok(ended?)
    }

    pub(crate) fn query<T>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let statement = self.statement(sql)?;
        let rows = self.client.query(&statement, &references(values))?;
        rows.iter().map(|row| read(&Row::Postgres(row))).collect()
    }

    pub(crate) fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let statement = self.statement(sql)?;
        Ok(self.client.execute(&statement, &references(values))?)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.alive()?;
        Ok(self.client.batch_execute(sql)?)
    }

    /// Frees the room of what was removed, so that what comes next is written over it.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        self.alive()?;
        let tables = "submissions, consents, finds, data_keys, outbox, photos, letters, pulled";
        Ok(self.client.batch_execute(&format!("VACUUM {tables}"))?)
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        self.alive()?;
        if let Some(ready) = self.ready.get(sql) {
            return Ok(ready.clone());
        }
        if self.ready.len() >= READY {
            self.ready.clear();
        }
        let statement = self.client.prepare(sql)?;
        self.ready.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn references<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn connect(config: &Config, tls: Option<&MakeRustlsConnect>) -> Result<Client> {
    let mut client = match tls {
        Some(tls) => config.connect(tls.clone())?,
        None => config.connect(NoTls)?,
    };
    client.batch_execute(SESSION)?;
    Ok(client)
}

/// Takes `sslrootcert=PATH` out of the address, which the client does not know.
fn take_roots(address: &str) -> (String, Option<String>) {
    let Ok(mut url) = url::Url::parse(address) else { return (address.to_owned(), None) };
    let Some(query) = url.query() else { return (address.to_owned(), None) };
    let (roots, rest): (Vec<_>, Vec<_>) =
        query.split('&').partition(|it| it.starts_with("sslrootcert="));
    let Some(roots) = roots.first().and_then(|it| it.strip_prefix("sslrootcert=")) else {
        return (address.to_owned(), None);
    };
    let roots = percent_encoding::percent_decode_str(roots).decode_utf8_lossy().into_owned();
    let rest = Some(rest.join("&")).filter(|it| !it.is_empty());
    url.set_query(rest.as_deref());
    (url.into(), Some(roots))
}

/// Decides on TLS: none on this machine unless it is asked for, and elsewhere none without it.
fn secure(config: &mut Config, roots: Option<&str>) -> Result<Option<MakeRustlsConnect>> {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(Error::setting("the store's address names no host"));
    }
    let here = config.get_hosts().iter().all(is_here)
        && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    match (here, config.get_ssl_mode()) {
        (true, SslMode::Disable | SslMode::Prefer) => {
            config.ssl_mode(SslMode::Disable);
            return Ok(None);
        }
        (false, SslMode::Disable) => {
            let words = "answers would go over the network without TLS: leave `sslmode=disable` out of the address";
            return Err(Error::setting(words));
        }
        _ => config.ssl_mode(SslMode::Require),
    };
    let roots = match roots {
        Some(path) => roots_in(path)?,
        None => webpki(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Fault, format!("TLS: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(tls)))
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn webpki() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// The certificates of a file, which alone are trusted then.
fn roots_in(path: &str) -> Result<RootCertStore> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Error::setting(format!("`{path}` (sslrootcert) is no file of certificates: {error}"))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate).map_err(|error| unreadable(&error))?;
    }
    match roots.is_empty() {
        true => Err(unreadable(&"it holds none")),
        false => Ok(roots),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    // Each value is checked for itself, by what it is.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
