//! The files that are compiled in. A test keeps the lists equal to the folders.

/// `templates/commit.j2`: the message of a commit.
pub const COMMIT: &str = include_str!("../../../templates/commit.j2");
/// `templates/pull-request.j2`: title and body of a pull request.
pub const PULL_REQUEST: &str = include_str!("../../../templates/pull-request.j2");
/// `templates/applicationset.yaml.j2`: how Argo CD finds the rendered manifests.
pub const APPLICATION_SET: &str = include_str!("../../../templates/applicationset.yaml.j2");

/// `plainsail.yaml` of a new repository, all of it comments.
pub(super) const CONFIG: &str = include_str!("plainsail.yaml");
/// `plainsail.yaml` of the sample fleet.
pub(super) const SAMPLE_CONFIG: &str = include_str!("../../../plainsail.yaml");
/// `renovate.json` of a new repository.
pub(super) const RENOVATE: &str = include_str!("renovate.json");

/// The sample chart, without its values for tests.
pub(super) const CHART: &[(&str, &str)] = &[
    ("charts/web/.helmignore", include_str!("../../../charts/web/.helmignore")),
    ("charts/web/Chart.yaml", include_str!("../../../charts/web/Chart.yaml")),
    ("charts/web/templates/NOTES.txt", include_str!("../../../charts/web/templates/NOTES.txt")),
    ("charts/web/templates/_helpers.tpl", include_str!("../../../charts/web/templates/_helpers.tpl")),
    ("charts/web/templates/_pod.tpl", include_str!("../../../charts/web/templates/_pod.tpl")),
    ("charts/web/templates/configmap.yaml", include_str!("../../../charts/web/templates/configmap.yaml")),
    ("charts/web/templates/deployment.yaml", include_str!("../../../charts/web/templates/deployment.yaml")),
    ("charts/web/templates/hpa.yaml", include_str!("../../../charts/web/templates/hpa.yaml")),
    ("charts/web/templates/ingress.yaml", include_str!("../../../charts/web/templates/ingress.yaml")),
    ("charts/web/templates/migration.yaml", include_str!("../../../charts/web/templates/migration.yaml")),
    ("charts/web/templates/pdb.yaml", include_str!("../../../charts/web/templates/pdb.yaml")),
    ("charts/web/templates/pvc.yaml", include_str!("../../../charts/web/templates/pvc.yaml")),
    ("charts/web/templates/rollout.yaml", include_str!("../../../charts/web/templates/rollout.yaml")),
    ("charts/web/templates/service.yaml", include_str!("../../../charts/web/templates/service.yaml")),
    ("charts/web/templates/serviceaccount.yaml", include_str!("../../../charts/web/templates/serviceaccount.yaml")),
    (
        "charts/web/templates/tests/test-connection.yaml",
        include_str!("../../../charts/web/templates/tests/test-connection.yaml"),
    ),
    ("charts/web/values-dev.yaml", include_str!("../../../charts/web/values-dev.yaml")),
    ("charts/web/values-prod.yaml", include_str!("../../../charts/web/values-prod.yaml")),
    ("charts/web/values-staging.yaml", include_str!("../../../charts/web/values-staging.yaml")),
    ("charts/web/values.schema.json", include_str!("../../../charts/web/values.schema.json")),
    ("charts/web/values.yaml", include_str!("../../../charts/web/values.yaml")),
];

/// The environments of the sample fleet.
pub(super) const ENVIRONMENTS: &[(&str, &str)] = &[
    ("environments/dev/environment.yaml", include_str!("../../../environments/dev/environment.yaml")),
    ("environments/dev/web.yaml", include_str!("../../../environments/dev/web.yaml")),
    ("environments/dev/worker.yaml", include_str!("../../../environments/dev/worker.yaml")),
    ("environments/prod/environment.yaml", include_str!("../../../environments/prod/environment.yaml")),
    ("environments/prod/web.yaml", include_str!("../../../environments/prod/web.yaml")),
    ("environments/staging/environment.yaml", include_str!("../../../environments/staging/environment.yaml")),
    ("environments/staging/web.yaml", include_str!("../../../environments/staging/web.yaml")),
];
