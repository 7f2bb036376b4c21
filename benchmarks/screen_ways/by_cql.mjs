// node by_cql.mjs MODULES PLACE fhir|plain: asks every patient of PLACE/bundles.ndjson the rows of PLACE/rows.elm.json, into
// PLACE/cql.ndjson. MODULES is a folder in which this was run (each is Apache-2.0, none is part of chartproof):
//   npm install cql-execution@3.3.2 cql-exec-fhir@2.2.0
// `fhir` gives the engine the bundles through cql-exec-fhir. `plain` gives it the same resources as bare objects, found by
// their code at once: the least that a source of data can cost the engine.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const [modules, place] = process.argv.slice(2, 4).map((one) => path.resolve(one));
const require = createRequire(path.join(modules, 'package.json'));
const cql = require('cql-execution');

class PlainPatient {
  constructor({ entry }) {
    this.id = entry[0].resource.id;
    this.byCode = new Map();
    for (const { resource } of entry.slice(1)) {
      const { code, system } = resource.code.coding[0];
      const key = `${system}|${code}`;
      if (!this.byCode.has(key)) this.byCode.set(key, []);
      this.byCode.get(key).push(plain(resource));
    }
  }
  getId() {
    return this.id;
  }
  findRecords(_profile, { codes }) {
    return codes ? codes.flatMap(({ code, system }) => this.byCode.get(`${system}|${code}`) ?? []) : [this];
  }
}

function plain(resource) {
  const coded = ({ coding }) => ({ coding: coding.map(({ code }) => ({ code: { value: code } })) });
  const { code, system } = resource.code.coding[0];
  const found = new cql.Code(code, system);
  return {
    status: { value: resource.status },
    interpretation: resource.interpretation.map(coded),
    derivedFrom: resource.derivedFrom ?? null,
    effective: resource.effectiveDateTime ? { value: cql.DateTime.parse(resource.effectiveDateTime) } : null,
    value: resource.valueCodeableConcept ? coded(resource.valueCodeableConcept) : { value: { value: resource.valueQuantity?.value ?? null } },
    getCode: () => found,
  };
}

class PlainSource {
  reset() {
    this.bundles = [];
    this.next = 0;
  }
  loadBundles(bundles) {
    this.bundles = bundles;
  }
  currentPatient() {
    return this.next < this.bundles.length ? new PlainPatient(this.bundles[this.next]) : undefined;
  }
  nextPatient() {
    this.next += 1;
    return this.currentPatient();
  }
}

const remarks = new Set(['annotation', 'localId', 'locator']); // with them the engine keeps the result of every part
const text = fs.readFileSync(path.join(place, 'rows.elm.json'), 'utf8');
const library = new cql.Library(JSON.parse(text, (key, value) => (remarks.has(key) ? undefined : value)));
const executor = new cql.Executor(library, new cql.CodeService({}));
const source = process.argv[4] === 'fhir' ? require('cql-exec-fhir').PatientSource.FHIRv401() : new PlainSource();
const out = fs.createWriteStream(path.join(place, 'cql.ndjson'));

async function ask(bundles) {
  source.reset();
  source.loadBundles(bundles);
  const { patientResults } = await executor.exec(source);
  for (const [subject, found] of Object.entries(patientResults)) {
    const rows = Object.entries(found).filter(([name]) => name.startsWith('row '));
    out.write(JSON.stringify({ subject, ...Object.fromEntries(rows.map(([name, value]) => [name.slice(4), value])) }) + '\n');
  }
}

let waiting = [];
for await (const line of readline.createInterface({ input: fs.createReadStream(path.join(place, 'bundles.ndjson')) })) {
  waiting.push(JSON.parse(line));
  if (waiting.length === 100) await ask(waiting.splice(0));
}
if (waiting.length) await ask(waiting);
out.end();
