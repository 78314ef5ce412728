// Every answer of the gateway in one shape: as a page for browsers, as JSON for everybody else.
export default (status: number, body, headers, exit) => {
  const text = exit.message ?? body?.message ?? 'Sorry, that did not work'
  if (exit.request.accept?.includes('text/html')) {
    return { body: `<h1>${status}</h1><p>${escape(text)}</p>` }
  }
  return {
    body: { error: exit.reason, status, text },
    headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
  }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
