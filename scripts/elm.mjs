// CQL on standard input to ELM on standard output, for scripts/elm.py. The argument is a folder in which
//   npm install @cqframework/cql@5.3.0 cql-exec-fhir@2.2.0
// was run: the translator, and the model of FHIR 4.0.1. Both are Apache-2.0; neither is part of chartproof.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = path.resolve(process.argv[2], 'node_modules');
const load = (name) => import(pathToFileURL(path.join(modules, name)));
const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, createUcumService, stringAsSource } =
  await load('@cqframework/cql/cql-to-elm.mjs');
const { SystemModelInfoProvider } = await load('@cqframework/cql/cql.mjs');

const model = fs.readFileSync(path.join(modules, 'cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml'), 'utf8');
const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
models.modelInfoLoader.registerModelInfoProvider(
  createModelInfoProvider((name) => (name === 'FHIR' ? stringAsSource(model) : null)),
);
// The only units are those of periods of time, which need no checking.
const units = createUcumService((value) => value, () => null, () => null, () => null);
const libraries = new LibraryManager(models, undefined, undefined, units);
const translated = CqlTranslator.fromText(fs.readFileSync(0, 'utf8'), libraries);
const errors = [...translated.errors.asJsReadonlyArrayView()];
for (const one of errors) console.error(one.message);
if (errors.length) process.exit(1);
fs.writeSync(1, translated.toJson());
