#!/usr/bin/env python3
"""fleet.py OUT [--charts DIR] [--releases N] [--repository]: write a fleet of Helm releases that looks like a company's, for timing.

HELM4 names the Helm binary that makes the stock chart (`helm create`). DIR holds public charts, each in a folder named
after its repository and its path, as INFRA and ONCE name them.
OUT gets charts/ (copies), values/<release>.yaml (9 to 29 lines each) and fleet.json, a list of
{name, namespace, env, chart, values} with paths relative to itself, for programs that are no GitOps repository manager.
With --repository the same fleet is written as a plainsail repository as well: OUT/repository, with the same charts and values files.
Every other app uses the stock chart, as a company's own services do; the rest draw from INFRA in turn; a cluster-wide
chart of many CRDs (ONCE) comes once per environment.
Each release renders the same bytes every time: charts that invent passwords are given names of existing secrets.
"""
import argparse, hashlib, json, os, shutil, subprocess

SECRET = dict(existingSecret='{app}-credentials')
# chart: where it wants the image tag, the replicas and the labels, and what else it needs. Two charts read the tag as a
# version and refuse a short SHA: they keep their own.
INFRA = {
    'bitnami__bitnami__nginx': dict(tag='image.tag', replicas='replicaCount', labels='commonLabels', values=dict(tls=dict(enabled=False))),
    'bitnami__bitnami__redis': dict(tag='image.tag', replicas='replica.replicaCount', labels='commonLabels', values=dict(auth=SECRET)),
    'bitnami__bitnami__postgresql': dict(tag='image.tag', replicas='readReplicas.replicaCount', labels='commonLabels', values=dict(auth=SECRET)),
    'bitnami__bitnami__rabbitmq': dict(tag='image.tag', replicas='replicaCount', labels='commonLabels',
        values=dict(auth=dict(existingPasswordSecret='{app}-credentials', existingErlangSecret='{app}-erlang'))),
    'bitnami__bitnami__memcached': dict(tag='image.tag', replicas='replicaCount', labels='commonLabels', values=dict(architecture='high-availability')),
    'bitnami__bitnami__wordpress': dict(tag='image.tag', replicas='replicaCount', labels='commonLabels',
        values=dict(existingSecret='{app}-credentials', mariadb=dict(auth=SECRET))),
    'bitnami__bitnami__aspnet-core': dict(tag='image.tag', replicas='replicaCount', labels='commonLabels'),
    'bitnami__bitnami__external-dns': dict(tag='image.tag', replicas='replicaCount', labels='commonLabels'),
    'stakater__application': dict(tag='deployment.image.tag', replicas='deployment.replicas', labels='deployment.additionalLabels',
        values=dict(applicationName='{app}', deployment=dict(image=dict(repository='registry.example/{app}')))),
    'prometheus-community__charts__prometheus-node-exporter': dict(replicas='revisionHistoryLimit', labels='podLabels'),
    'prometheus-community__charts__kube-state-metrics': dict(tag='image.tag', replicas='replicas', labels='customLabels'),
    'prometheus-community__charts__prometheus': dict(tag='server.image.tag', replicas='server.replicaCount', labels='commonMetaLabels'),
    'prometheus-community__charts__prometheus-blackbox-exporter': dict(tag='image.tag', replicas='replicas', labels='pod.labels'),
    'kubernetes__charts__ingress-nginx': dict(tag='controller.image.tag', replicas='controller.replicaCount', labels='commonLabels'),
    'kubernetes-sigs__helm__aws-load-balancer-controller': dict(tag='image.tag', replicas='replicaCount', labels='additionalLabels',
        values=dict(clusterName='{env}', enableCertManager=True, region='eu-central-1', vpcId='vpc-0123456789')),
    'cert-manager__deploy__charts__cert-manager': dict(tag='image.tag', replicas='replicaCount', labels='global.commonLabels', values=dict(crds=dict(enabled=False))),
    'traefik__traefik': dict(replicas='deployment.replicas', labels='commonLabels'),
    'jenkinsci__charts__jenkins': dict(tag='controller.image.tag', replicas='agent.maxRequestsPerHostStr', labels='controller.podLabels',
        values=dict(controller=dict(testEnabled=False, admin=dict(createSecret=False, existingSecret='{app}-credentials')))),
    'grafana-community__charts__grafana': dict(tag='image.tag', replicas='replicas', labels='extraLabels',
        values=dict(admin=dict(existingSecret='{app}-credentials'), adminPassword='set-elsewhere')),
    'grafana__charts__loki-distributed': dict(tag='loki.image.tag', replicas='ingester.replicas', labels='loki.podLabels', values=dict(ingester=dict(maxUnavailable=1))),
    'grafana__charts__promtail': dict(tag='image.tag', replicas='revisionHistoryLimit', labels='podLabels'),
    'grafana__charts__tempo-distributed': dict(tag='tempo.image.tag', replicas='ingester.replicas', labels='tempo.podLabels'),
}
ONCE = {
    'argoproj__charts__argo-cd': dict(tag='global.image.tag', replicas='server.replicas', labels='global.additionalLabels',
        values=dict(configs=dict(secret=dict(createSecret=False)))),
    'kedacore__keda': dict(tag='image.keda.tag', replicas='operator.replicaCount', labels='additionalLabels'),
}
STOCK = dict(tag='image.tag', replicas='replicaCount', labels='podLabels')
# Charts that print Secrets all the same, by the names of those: `{name}` is the release.
ALLOWED_SECRETS = {'bitnami__bitnami__rabbitmq': ['{name}-config'], 'grafana__charts__promtail': ['{name}']}
ENVS = {'dev': 1, 'staging': 2, 'prod': 3}
TEAMS = ['payments', 'search', 'identity', 'ledger', 'catalogue', 'delivery', 'insights', 'platform']

def put(tree, dotted, value):
    *path, last = dotted.split('.')
    for p in path: tree = tree.setdefault(p, {})
    tree[last] = value
def fill(v, **names):
    if isinstance(v, dict): return {k: fill(x, **names) for k, x in v.items()}
    return v.format(**names) if isinstance(v, str) else v
def dump(v, indent=0):
    """Block YAML of dicts and scalars; strings are quoted as JSON."""
    return ''.join(f'{" "*indent}{k}:\n{dump(x, indent+2)}' if isinstance(x, dict) else f'{" "*indent}{k}: {json.dumps(x)}\n' for k, x in v.items())
def values(shape, app, env, n):
    sha = hashlib.sha1(f'{app}/{env}'.encode()).hexdigest()
    v = fill(shape.get('values', {}), app=app, env=env)
    if 'tag' in shape: put(v, shape['tag'], sha[:7])
    put(v, shape['replicas'], ENVS[env] + n % 2)
    put(v, shape['labels'], {'team': TEAMS[n % len(TEAMS)], 'environment': env, 'example.com/cost-centre': f'cc-{1000 + n}', 'example.com/commit': sha,
        'example.com/owner': f'team-{TEAMS[n % len(TEAMS)]}', 'example.com/tier': f't{n % 4}', 'example.com/region': 'eu-central-1'})
    if shape is STOCK:
        v |= {'fullnameOverride': app, 'serviceAccount': {'create': True, 'annotations': {'eks.amazonaws.com/role-arn': f'arn:aws:iam::123456789012:role/{app}-{env}'}},
              'resources': {'requests': {'cpu': '100m', 'memory': '128Mi'}, 'limits': {'memory': f'{128 * ENVS[env]}Mi'}},
              'autoscaling': {'enabled': env == 'prod', 'minReplicas': 3, 'maxReplicas': 9},
              'podAnnotations': {'example.com/owner': f'team-{TEAMS[n % len(TEAMS)]}@example.com'}}
        v['image']['repository'] = f'registry.example/{app}'
    return v
def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file: file.write(text)
def write_repository(root, charts, rows, releases):
    """The fleet as plainsail keeps it: a release file each, the values in the same file that the others read."""
    shutil.copytree(charts, f'{root}/charts')
    write(f'{root}/plainsail.yaml', '')
    for env in ENVS: write(f'{root}/environments/{env}/environment.yaml', dump(dict(destination=dict(name=env))))
    for row in rows:
        folder, name = f'{root}/environments/{row["env"]}', row['name']
        write(f'{folder}/values/{name}.yaml', releases[name])
        secrets = ALLOWED_SECRETS.get(row['chart'].removeprefix('charts/'), [])
        allowed = f'allowSecrets: {json.dumps([secret.format(name=name) for secret in secrets])}\n' if secrets else ''
        write(f'{folder}/{name}.yaml', f'chart: {row["chart"]}\nnamespace: {row["namespace"]}\nvalueFiles: [./values/{name}.yaml]\n{allowed}')
def main():
    a = argparse.ArgumentParser(); a.add_argument('out'); a.add_argument('--charts', default='charts'); a.add_argument('--releases', type=int, default=1500)
    a.add_argument('--repository', action='store_true'); a = a.parse_args()
    shutil.rmtree(a.out, ignore_errors=True); os.makedirs(f'{a.out}/charts'); os.makedirs(f'{a.out}/values')
    subprocess.run([os.environ['HELM4'], 'create', 'web'], cwd=f'{a.out}/charts', check=True, stdout=subprocess.DEVNULL)
    for c in {**INFRA, **ONCE}: shutil.copytree(f'{a.charts}/{c}', f'{a.out}/charts/{c}')
    infra, rows, releases = list(INFRA), [], {}
    for n in range(a.releases // len(ENVS)):
        chart = 'web' if n % 2 == 0 else list(ONCE)[n // 2] if n // 2 < len(ONCE) else infra[n // 2 % len(infra)]
        shape = STOCK if n % 2 == 0 else {**INFRA, **ONCE}[chart]
        app = f'{"svc" if n % 2 == 0 else chart.split("__")[-1]}-{n:03}'
        for env in ENVS:
            name = f'{app}-{env}'
            releases[name] = dump(values(shape, app, env, n))
            write(f'{a.out}/values/{name}.yaml', releases[name])
            rows.append(dict(name=name, namespace=f'{TEAMS[n % len(TEAMS)]}-{env}', env=env, chart=f'charts/{chart}', values=f'values/{name}.yaml'))
    write(f'{a.out}/fleet.json', json.dumps(rows, indent=0))
    if a.repository: write_repository(f'{a.out}/repository', f'{a.out}/charts', rows, releases)
    print(len(rows), 'releases,', len({r['chart'] for r in rows}), 'charts')
main()
