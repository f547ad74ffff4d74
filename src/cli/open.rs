//! Opens what commands work on: the folder they stand in, the remote repository, registries, the forge. The only place that
//! knows which environment variables mean what.

use std::path::PathBuf;

use super::{CliError, ErrorKind, Session};
use crate::files::Folder;
use crate::fleet::{Config, Diagnostic, Fleet, ForgeKind, RegistryKind};
use crate::forge::{self, Forge, Place};
use crate::git::{self, Access, Address, Credentials, Remote, Store};
use crate::http::Secret;
use crate::record;
use crate::registry::{self, HostSettings, Registries};
use crate::work_tree;

/// The folder of records of rendered folders, instead of `plainsail` in the user's cache folder.
const CACHE_DIR: &str = "PLAINSAIL_CACHE_DIR";

/// Variables that hold the token of the git server, the first that is set counts.
const GIT_TOKEN: &[&str] = &["PLAINSAIL_GIT_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];

/// Variables that hold the token of the forge, the first that is set counts.
const FORGE_TOKEN: &[&str] = &["PLAINSAIL_FORGE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];

impl Session {
    /// Returns the folder that the command works in.
    pub(super) fn directory(&self) -> PathBuf {
        self.global.directory.clone().unwrap_or_else(|| PathBuf::from("."))
    }

    /// Returns the folder as a tree of files.
    pub(super) fn folder(&self) -> Folder {
        Folder::new(self.directory())
    }

    /// Reads the fleet of the folder.
    pub(super) fn fleet(&self) -> Result<Fleet, CliError> {
        Fleet::load(&self.folder()).map_err(broken_fleet)
    }

    /// Returns where records of rendered folders are kept: none where that is not wanted, or no folder for it is known.
    pub(super) fn records(&self, no_cache: bool) -> Option<record::Store> {
        if no_cache {
            return None;
        }
        let absolute = |name: &str| self.variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = match self.variable(CACHE_DIR) {
            Some(folder) => PathBuf::from(folder),
            None => absolute("XDG_CACHE_HOME")
                // A home that is not there (a container's) is not made.
                .or_else(|| absolute("HOME").filter(|home| home.is_dir()).map(|home| home.join(".cache")))?
                .join("plainsail"),
        };
        // The version alone would not tell two builds of a developer apart.
        let program = std::fs::metadata(std::env::current_exe().ok()?).ok()?;
        let written = program.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        let build = format!("{} {} {}", env!("CARGO_PKG_VERSION"), program.len(), written.as_nanos());
        Some(record::Store::new(folder, build))
    }

    /// Returns the time at which the run began, in nanoseconds since 1970.
    pub(super) fn began(&self) -> i128 {
        self.world.now().as_nanosecond()
    }

    /// Returns the address of the GitOps repository: the one given, or the remote of the clone that the command stands in.
    pub(super) fn repository(&self, given: Option<&str>) -> Result<Address, CliError> {
        let text = match given {
            Some(given) => given.to_owned(),
            None => git::remote_of_clone(&self.directory())
                .map_err(|error| CliError::of(ErrorKind::Usage, &error))?
                .ok_or_else(|| {
                    CliError::new(ErrorKind::Usage, "this folder is no clone with a remote")
                        .hint("name the GitOps repository: --repository https://git.example.com/team/gitops.git")
                })?,
        };
        let address = Address::parse(&text).map_err(|error| CliError::of(ErrorKind::Usage, &error))?;
        // A path is meant from where the command works, which `-C` may have moved.
        let path = std::path::Path::new(&text);
        if address.is_folder() && path.is_relative() {
            Ok(Address::folder(&self.directory().join(path)))
        } else {
            Ok(address)
        }
    }

    /// Opens the GitOps repository with the credentials that the environment holds.
    pub(super) fn remote(&self, address: &Address, store: &Store) -> Result<Box<dyn Remote>, CliError> {
        let access = Access {
            http: crate::http::Settings::from_environment(&|name| self.variable(name)),
            credentials: self.git_credentials(address),
            ssh_command: self.variable("GIT_SSH_COMMAND"),
            ..Access::default()
        };
        git::connect(address, store, &access).map_err(|error| CliError::of(ErrorKind::Remote, &error))
    }

    fn git_credentials(&self, address: &Address) -> Option<Credentials> {
        if let (Some(user), Some(password)) =
            (self.variable("PLAINSAIL_GIT_USERNAME"), self.variable("PLAINSAIL_GIT_PASSWORD"))
        {
            return Some(Credentials::Basic { user, password: Secret::new(password) });
        }
        // A token of GitHub is for GitHub; another server must be given its own.
        let names = if address.host().is_some_and(|host| host == "github.com" || host.ends_with(".github.com")) {
            GIT_TOKEN
        } else {
            &GIT_TOKEN[..1]
        };
        let token = Secret::new(self.first_variable(names)?);
        Some(match self.variable("PLAINSAIL_GIT_USERNAME") {
            Some(user) => Credentials::Basic { user, password: token },
            None => Credentials::Token(token),
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.world.variable(name).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    fn first_variable(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.variable(name))
    }

    /// Returns how registries are reached, as the environment and `plainsail.yaml` say.
    pub(super) fn registries(&self, config: &Config) -> Result<Registries, registry::Error> {
        let mut settings = registry::Settings::from_environment(&|name| self.variable(name))?;
        for (host, known) in &config.registries {
            let layout = known.path.as_ref().filter(|_| known.kind == Some(RegistryKind::Layout));
            let plain_http = known.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
            let layout = layout.map(|path| self.directory().join(path));
            settings.hosts.insert(host.clone(), HostSettings { plain_http, layout });
        }
        Ok(Registries::new(settings))
    }

    /// Opens the forge of a repository, where it has one that is known.
    pub(super) fn forge(&self, fleet: &Fleet, address: &Address) -> Result<Option<Box<dyn Forge>>, forge::Error> {
        let config = fleet.config.forge.clone().unwrap_or_default();
        let named = match config.kind {
            Some(ForgeKind::None) => return Ok(None),
            Some(ForgeKind::Github) => Some(forge::Name::GitHub),
            Some(ForgeKind::Gitlab) => Some(forge::Name::GitLab),
            Some(ForgeKind::Gitea) => Some(forge::Name::Forgejo),
            Some(ForgeKind::Bitbucket) => Some(forge::Name::Bitbucket),
            Some(ForgeKind::Codecommit) => Some(forge::Name::CodeCommit),
            None => None,
        };
        let api = config.url.or_else(|| self.variable("GITHUB_API_URL"));
        let path = config.repository.unwrap_or_else(|| address.path());
        let place = match Place::from_remote(address.host(), &path, named, api.as_deref()) {
            Ok(place) => place,
            // A plain git server: branches are pushed, and that is all.
            Err(forge::Error::Unknown { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let access = forge::Access {
            http: crate::http::Settings::from_environment(&|name| self.variable(name)),
            token: self.first_variable(FORGE_TOKEN).map(Secret::new),
        };
        forge::connect(&place, &access).map(Some)
    }
}

/// Turns what is wrong with a folder into an error.
pub(super) fn not_rendered(error: work_tree::Error) -> CliError {
    match error {
        work_tree::Error::Fleet(diagnostics) => broken_fleet(diagnostics),
        work_tree::Error::Files(error) => CliError::of(ErrorKind::Input, &error),
        error @ work_tree::Error::Unknown { .. } => CliError::of(ErrorKind::Usage, &error),
    }
}

/// Turns what is wrong with the fleet's files into an error.
pub(super) fn broken_fleet(diagnostics: Vec<Diagnostic>) -> CliError {
    let count = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let error = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
    CliError::new(ErrorKind::Configuration, format!("the fleet's files have {error}")).with_diagnostics(diagnostics)
}
