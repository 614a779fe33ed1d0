/** For typedoc: a comment anywhere may link to what the root module exports, above all to the errors. */
export function load(app) {
  app.converter.addUnknownSymbolResolver(({ symbolReference }, from, link) => {
    const [name, ...rest] = symbolReference?.path ?? [];
    if (link === undefined || name === undefined || rest.length > 0) return;
    const target = from.project.getChildByName(['fd-selectors', name.path]);
    return target && { target };
  });
}
