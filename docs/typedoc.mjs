import { Converter } from 'typedoc';

/** Two rules for typedoc. */
export function load(app) {
  // A comment anywhere may link to what the root module exports, above all to the errors.
  app.converter.addUnknownSymbolResolver(({ symbolReference }, from, link) => {
    const [name, ...rest] = symbolReference?.path ?? [];
    if (link === undefined || name === undefined || rest.length > 0) return;
    const target = from.project.getChildByName(['fd-selectors', name.path]);
    return target && { target };
  });
  // A destructured parameter is an options object, and is called so.
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_context, parameter) => {
    if (parameter.name === '__namedParameters') parameter.name = 'options';
  });
}
