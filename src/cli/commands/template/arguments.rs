//! The flags of `plainsail template`, which are those of `helm template`.

use std::path::PathBuf;

use super::flags::as_in_helm;
use crate::cli::{CliError, ErrorKind};

/// What `plainsail template` takes: the flags of `helm template`.
#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    args_override_self = true,
    mut_args = as_in_helm,
    after_help = "Example:\n  plainsail template api ./charts/web -f values-dev.yaml --set image.tag=0a1b2c3 --namespace api"
)]
pub struct Arguments {
    /// The name of the release, and the folder or .tgz of the chart. Without a name it is `release-name`.
    #[arg(required = true, num_args = 1.., value_name = "[NAME] CHART")]
    pub(super) name_and_chart: Vec<String>,

    /// Which Helm to follow.
    #[arg(long, value_name = "VERSION", default_value = "4.2.4", value_parser = ["4.2.4", "3.21.4"])]
    pub(super) helm: String,

    /// Read values from a YAML file, `-` for standard input; several, or separated by commas.
    #[arg(short = 'f', long, value_name = "FILE")]
    pub(super) values: Vec<String>,
    /// Set values: `key1=val1,key2=val2`.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Set values that are always text.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set_string: Vec<String>,
    /// Set values to the text of files: `key1=path1,key2=path2`.
    #[arg(long, value_name = "KEY=PATH")]
    pub(super) set_file: Vec<String>,
    /// Set values to JSON: `key1=json1`, or with Helm 4 a whole object.
    #[arg(long, value_name = "KEY=JSON")]
    pub(super) set_json: Vec<String>,
    /// Set a value to text that is taken as it is.
    #[arg(long, value_name = "KEY=TEXT")]
    pub(super) set_literal: Vec<String>,

    /// The namespace of the release.
    #[arg(short = 'n', long, value_name = "NAME")]
    pub(super) namespace: Option<String>,
    /// The version of Kubernetes that templates see.
    #[arg(long, value_name = "VERSION")]
    pub(super) kube_version: Option<String>,
    /// Further API versions that templates see; several, or separated by commas.
    #[arg(short = 'a', long, value_name = "VERSION")]
    pub(super) api_versions: Vec<String>,
    /// Let templates see an upgrade instead of an installation.
    #[arg(long)]
    pub(super) is_upgrade: bool,
    /// Do not check values against values.schema.json.
    #[arg(long)]
    pub(super) skip_schema_validation: bool,
    /// What to do where the output depends on the clock or on chance: refuse it, or make up values that are the same each
    /// time. Without it both are those of this machine, as with Helm.
    #[arg(long, value_name = "CHOICE")]
    pub(super) non_determinism: Option<NonDeterminism>,
    /// With `--non-determinism seed`: a text that all made-up values follow from, beside the release.
    #[arg(long, value_name = "TEXT", requires = "non_determinism")]
    pub(super) seed_salt: Option<String>,
    /// With `--non-determinism seed`: what the clock shows, such as 2026-11-01T00:00:00Z.
    #[arg(long, value_name = "TIME", requires = "non_determinism")]
    pub(super) seed_time: Option<jiff::Timestamp>,

    /// Print the files below crds/ too.
    #[arg(long)]
    pub(super) include_crds: bool,
    /// Accepted as in Helm, where it has no effect here.
    #[arg(long)]
    pub(super) skip_crds: bool,
    /// Leave hooks out.
    #[arg(long)]
    pub(super) no_hooks: bool,
    /// Leave test hooks out.
    #[arg(long)]
    pub(super) skip_tests: bool,
    /// Print only what these templates gave (patterns such as `templates/*.yaml`).
    #[arg(short = 's', long, value_name = "TEMPLATE")]
    pub(super) show_only: Vec<String>,
    /// Write a file per template into this folder instead of standard output.
    #[arg(long, value_name = "DIR")]
    pub(super) output_dir: Option<PathBuf>,
    /// Put the name of the release into the path of --output-dir.
    #[arg(long)]
    pub(super) release_name: bool,
    /// Accepted as in Helm, where it has no effect here.
    #[arg(short = 'g', long)]
    pub(super) generate_name: bool,
    /// A template for the name of the release.
    #[arg(long, value_name = "TEMPLATE")]
    pub(super) name_template: Option<String>,

    /// Set a cap on what the chart may ask for, such as `steps=400000000`; see docs/limits.md.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) limit: Vec<String>,

    #[command(flatten)]
    pub(super) unsupported: Unsupported,
    #[command(flatten)]
    pub(super) without_effect: WithoutEffect,
}

/// Flags of `helm template` that would need a cluster, a repository or another program.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Flags of Helm that are not supported")]
pub(super) struct Unsupported {
    /// Needs a cluster.
    #[arg(long)]
    pub(super) validate: bool,
    /// `client` is what happens anyway; `server` needs a cluster.
    #[arg(long, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub(super) dry_run: Option<String>,
    /// Needs another program.
    #[arg(long, value_name = "PROGRAM")]
    pub(super) post_renderer: Option<String>,
    /// Needs another program.
    #[arg(long, value_name = "ARGUMENT")]
    pub(super) post_renderer_args: Vec<String>,
    /// Needs a repository of charts.
    #[arg(long)]
    pub(super) dependency_update: bool,
    /// Needs the network.
    #[arg(long)]
    pub(super) enable_dns: bool,
    /// Needs a repository of charts.
    #[arg(long, value_name = "URL")]
    pub(super) repo: Option<String>,
    /// Needs a signature.
    #[arg(long)]
    pub(super) verify: bool,
}

/// What to do where the output depends on the clock or on chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum NonDeterminism {
    Error,
    Seed,
}

/// Flags of `helm template` that change nothing in its output.
#[derive(Debug, clap::Args)]
pub(super) struct WithoutEffect {
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) atomic: Option<String>,
    #[arg(long, hide = true)]
    pub(super) burst_limit: Option<String>,
    #[arg(long, hide = true)]
    pub(super) ca_file: Option<String>,
    #[arg(long, hide = true)]
    pub(super) cert_file: Option<String>,
    #[arg(long, hide = true)]
    pub(super) color: Option<String>,
    #[arg(long, hide = true)]
    pub(super) colour: Option<String>,
    #[arg(long, hide = true)]
    pub(super) content_cache: Option<String>,
    #[arg(long, hide = true)]
    pub(super) create_namespace: bool,
    #[arg(long, hide = true)]
    pub(super) debug: bool,
    #[arg(long, hide = true)]
    pub(super) description: Option<String>,
    #[arg(long, hide = true)]
    pub(super) devel: bool,
    #[arg(long, hide = true)]
    pub(super) disable_openapi_validation: bool,
    #[arg(long, hide = true)]
    pub(super) force: bool,
    #[arg(long, hide = true)]
    pub(super) force_conflicts: bool,
    #[arg(long, hide = true)]
    pub(super) force_replace: bool,
    #[arg(long, hide = true)]
    pub(super) hide_notes: bool,
    #[arg(long, hide = true)]
    pub(super) insecure_skip_tls_verify: bool,
    #[arg(long, hide = true)]
    pub(super) key_file: Option<String>,
    #[arg(long, hide = true)]
    pub(super) keyring: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kube_apiserver: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kube_as_group: Vec<String>,
    #[arg(long, hide = true)]
    pub(super) kube_as_user: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kube_ca_file: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kube_context: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kube_insecure_skip_tls_verify: bool,
    #[arg(long, hide = true)]
    pub(super) kube_tls_server_name: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kube_token: Option<String>,
    #[arg(long, hide = true)]
    pub(super) kubeconfig: Option<String>,
    #[arg(short = 'l', long, hide = true)]
    pub(super) labels: Vec<String>,
    #[arg(long, hide = true)]
    pub(super) pass_credentials: bool,
    #[arg(long, hide = true)]
    pub(super) password: Option<String>,
    #[arg(long, hide = true)]
    pub(super) plain_http: bool,
    #[arg(long, hide = true)]
    pub(super) qps: Option<String>,
    #[arg(long, hide = true)]
    pub(super) registry_config: Option<String>,
    #[arg(long, hide = true)]
    pub(super) render_subchart_notes: bool,
    #[arg(long, hide = true)]
    pub(super) replace: bool,
    #[arg(long, hide = true)]
    pub(super) repository_cache: Option<String>,
    #[arg(long, hide = true)]
    pub(super) repository_config: Option<String>,
    #[arg(long, hide = true)]
    pub(super) rollback_on_failure: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) server_side: Option<String>,
    #[arg(long, hide = true)]
    pub(super) take_ownership: bool,
    #[arg(long, hide = true)]
    pub(super) timeout: Option<String>,
    #[arg(long, hide = true)]
    pub(super) username: Option<String>,
    #[arg(long, hide = true)]
    pub(super) version: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) wait: Option<String>,
    #[arg(long, hide = true)]
    pub(super) wait_for_jobs: bool,
}

impl Unsupported {
    /// Refuses what is asked for in vain.
    pub(super) fn check(&self) -> Result<(), CliError> {
        let refuse =
            |flag: &str, why: &str| Err(CliError::new(ErrorKind::Usage, format!("{flag} is not supported: {why}")));
        match self.dry_run.as_deref() {
            None | Some("client" | "true" | "1" | "t" | "T" | "TRUE" | "True" | "") => {}
            Some("server") => return refuse("--dry-run=server", "plainsail renders without a cluster"),
            Some(other) => {
                let message = format!("invalid dry-run value ({other:?}). Must be \"server\" or \"client\"");
                return Err(CliError::new(ErrorKind::Usage, message));
            }
        }
        if self.validate {
            return refuse("--validate", "plainsail renders without a cluster");
        }
        if self.post_renderer.is_some() || !self.post_renderer_args.is_empty() {
            return refuse("--post-renderer", "plainsail runs no other programs while it renders");
        }
        if self.dependency_update {
            return refuse("--dependency-update", "dependencies must be below charts/; run `helm dependency build`");
        }
        if self.enable_dns {
            return refuse("--enable-dns", "plainsail renders without network");
        }
        if self.repo.is_some() {
            return refuse("--repo", "charts are read from folders and .tgz files; run `helm pull` first");
        }
        if self.verify {
            return refuse("--verify", "signatures of charts are not checked");
        }
        Ok(())
    }
}
