using System.Text;
using Deployment.Toolkit.AspNetCore.Dashboard.Pages;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>
/// Sends the pages: who may see them, their head and foot, and the headers that keep browsers from running anything else.
/// </summary>
internal sealed class DashboardSite
{
    // Nothing but the dashboard's own files: no markup that got in could load or run anything.
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly DashboardOptions _options;
    private readonly bool _isDevelopment;
    private readonly HtmlText _text;
    private readonly DashboardStream _stream;

    internal DashboardSite(IServiceProvider services, DashboardOptions options)
    {
        _options = options;
        _isDevelopment = services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        _text = new HtmlText(services.GetRequiredService<SecretRedactor>().Redact);
        var sources = new DashboardSources(services, _text, services.GetRequiredService<TimeProvider>());
        _stream = new DashboardStream(services);
        Pages =
        [
            new OverviewPage(sources),
            new RunsPage(sources),
            new RunPage(sources),
            new NextPage(sources),
            new MigrationsPage(sources),
            new ConfigurationPage(sources),
            new HealthPage(sources),
            new FiguresPage(sources),
        ];
    }

    internal IReadOnlyList<DashboardPage> Pages { get; }

    internal RequestDelegate Show(DashboardPage page) =>
        async context =>
        {
            Harden(context.Response);
            var root = context.Request.PathBase + RootOf(context, page);
            var (status, body) = IsAllowed(context)
                ? await RenderAsync(page, context, root).ConfigureAwait(false)
                : (StatusCodes.Status403Forbidden, Refusal());
            await SendAsync(context, status, Frame(page, root, body)).ConfigureAwait(false);
        };

    internal Task StreamAsync(HttpContext context)
    {
        Harden(context.Response);
        if (IsAllowed(context))
            return _stream.SendAsync(context);

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private async Task<(int Status, Html Body)> RenderAsync(DashboardPage page, HttpContext context, string root)
    {
        try
        {
            return (StatusCodes.Status200OK, await page.RenderAsync(context, root, context.RequestAborted).ConfigureAwait(false));
        }
        catch (DeploymentException e)
        {
            var isUnknown = page is RunPage;
            return (
                isUnknown ? StatusCodes.Status404NotFound : StatusCodes.Status200OK,
                _text.Of(
                    $"""<h1>{page.Title}</h1>{page.Messages(e.Messages, context.Request.RouteValues["environment"] as string ?? page.Own)}"""
                )
            );
        }
    }

    // Who maps it and forgets to say who sees it must not have published what is deployed where.
    private bool IsAllowed(HttpContext context) =>
        _options.Allow is { } allow
            ? allow(context)
            : _isDevelopment
                || (
                    context.GetEndpoint()?.Metadata is { } metadata
                    && metadata.GetMetadata<IAuthorizeData>() is not null
                    && metadata.GetMetadata<IAllowAnonymous>() is null
                    && context.User.Identity?.IsAuthenticated == true
                );

    private Html Refusal() =>
        _text.Of(
            $"""
            <h1>Not shown here</h1><div class="empty"><p class="what">Outside of Development the dashboard is shown only to those whom the app lets in.</p>
            <p>Say in Program.cs who that is:</p><pre class="command"><code>{"app.MapDeploymentDashboard().RequireAuthorization();"}</code></pre></div>
            """
        );

    private Html Frame(DashboardPage page, string root, Html body) =>
        _text.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{page.Title} · {_options.Title}</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{root}/assets/dashboard.css?{DashboardAsset.Style.Version}">
            <script src="{root}/assets/dashboard.js?{DashboardAsset.Script.Version}" defer></script>
            </head>
            <body data-events="{root}/events">
            <a class="skip" href="#main">Skip to content</a>
            <header class="top"><a class="brand" href="{(root.Length == 0 ? "/" : root)}">{_options.Title}</a>
            <nav aria-label="Dashboard"><ul>{Pages.Where(static shown => shown.IsInNavigation).Select(shown =>
                Link(shown, page, root)
            )}</ul></nav>
            <p class="live" role="status" hidden></p></header>
            <main id="main" tabindex="-1">
            {body}
            </main>
            </body>
            </html>
            """
        );

    private Html Link(DashboardPage shown, DashboardPage current, string root) =>
        shown == current
            ? _text.Of($"""<li><a href="{root + shown.Path}" aria-current="page">{shown.Title}</a></li>""")
            : _text.Of($"""<li><a href="{root + shown.Path}">{shown.Title}</a></li>""");

    // The path that it is mapped under may have parameters of its own, so it is read off the request: what stands before the page's
    // own path.
    private static string RootOf(HttpContext context, DashboardPage page)
    {
        var path = context.Request.Path.Value!.TrimEnd('/');
        var segments = page.Path.Count(static c => c == '/');
        for (var i = 0; i < segments; i++)
            path = path[..path.LastIndexOf('/')];
        return path;
    }

    private static void Harden(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }

    private static async Task SendAsync(HttpContext context, int status, Html page)
    {
        var body = Encoding.UTF8.GetBytes(page.Text);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
