//! Where webhooks may lead: each connection goes to the very address that was judged.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fmt};

use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

use crate::check::net::{Names, is_public, look_up};

/// The most addresses of one name that are looked at.
const MOST: usize = 16;

/// How far webhooks may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The public web, by `https` alone.
    #[default]
    Public,
    /// This machine and its private network too, there also by `http`.
    Private,
}

impl Reach {
    /// The variable by which someone who runs the server lets webhooks reach the private network.
    pub const VARIABLE: &str = "GALEN_FORMS_ALLOW_PRIVATE";

    /// Reads the variable: `1` is [`Reach::Private`].
    pub fn from_env() -> Self {
        match env::var(Self::VARIABLE).as_deref() {
            Ok("1") => Self::Private,
            _ => Self::Public,
        }
    }

    /// Judges what an address says by itself.
    pub(crate) fn look(self, url: &Url) -> Result<(), &'static str> {
        let http = match url.scheme() {
            "https" => false,
            "http" if self == Self::Private => true,
            _ => return Err("its address does not begin with `https://`"),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("its address has a name or a password in it");
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err("its address has no host"),
        };
        match self.allows(ip, http) {
            true => Ok(()),
            false => Err(REFUSED),
        }
    }

    fn allows(self, ip: IpAddr, http: bool) -> bool {
        (is_public(ip) && !http) || (self == Self::Private && is_private(ip))
    }
}

/// What is said of an address that is not reached for.
pub(crate) const REFUSED: &str = "it leads to a machine that is not on the public web";

/// Tells whether an address is this machine or one of its own network. Link-local ones are not: there clouds tell their
/// machines secrets.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        // Amazon tells its machines theirs at this one.
        IpAddr::V6(ip) if ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) => false,
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

/// Finds the addresses of names, and gives a connection those that were judged.
#[derive(Clone)]
pub(crate) struct Judged {
    pub(crate) reach: Reach,
    pub(crate) names: Arc<dyn Names>,
    pub(crate) limit: Duration,
}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judged").field("reach", &self.reach).finish_non_exhaustive()
    }
}

/// It leads where it may not.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

impl Judged {
    fn find(&self, url: &Url) -> Option<Vec<IpAddr>> {
        match url.host()? {
            Host::Ipv4(ip) => Some(vec![IpAddr::V4(ip)]),
            Host::Ipv6(ip) => Some(vec![IpAddr::V6(ip)]),
            Host::Domain(name) => look_up(&self.names, name, self.limit),
        }
    }
}

impl Resolver for Judged {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let url = Url::parse(&uri.to_string()).map_err(|_| ureq::Error::HostNotFound)?;
        let refused = |why| ureq::Error::Other(Box::new(Refused(why)));
        self.reach.look(&url).map_err(refused)?;
        let port = url.port_or_known_default().ok_or(ureq::Error::HostNotFound)?;
        let found = self.find(&url).ok_or(ureq::Error::HostNotFound)?;
        if found.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        // One that may not be reached among others is a trap.
        if !found.iter().all(|ip| self.reach.allows(*ip, url.scheme() == "http")) {
            return Err(refused(REFUSED));
        }
        let mut places = self.empty();
        for ip in found.into_iter().take(MOST) {
            places.push(SocketAddr::new(ip, port));
        }
        Ok(places)
    }
}
