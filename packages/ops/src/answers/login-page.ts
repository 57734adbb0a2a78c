/** Makes the form for the token. Nothing that came with a request is in it. */
export function loginPage(message: string, css: string): string {
  const error = message === '' ? '' : `<p class="login-error" role="alert">${message}</p>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in · cscapi operations</title>
<link rel="stylesheet" href="${css}">
</head>
<body class="login">
<main>
<form method="post" action="login" autocomplete="off">
<h1>cscapi operations</h1>
<p>This page shows the queue, the machines and the blocklist of a cscapi client. Its operator has the token.</p>
<label for="token">Token</label>
<input id="token" name="token" type="password" required maxlength="256" autocomplete="current-password" autofocus>
${error}
<button class="primary">Sign in</button>
</form>
</main>
</body>
</html>
`
}
