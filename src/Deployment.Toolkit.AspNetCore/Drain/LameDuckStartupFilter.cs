using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Drain;

/// <summary>Puts the lame duck before everything else that the app does with a request.</summary>
internal sealed class LameDuckStartupFilter(LameDuck duck) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(ServeAsync);
            next(app);
        };

    private async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (duck.Closes)
            RequestClose(context);
        else
            context.Response.OnStarting(CloseWhenStarting, context);

        using var request = new ServedRequest(context);
        duck.Enter(request);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (request is { IsToldToEnd: true } && context.Response.HasStarted)
        {
            // A stream that was told to end ends: what it has written so far is whole.
        }
        finally
        {
            duck.Leave(request);
        }
    }

    private Task CloseWhenStarting(object state)
    {
        if (duck.Closes)
            RequestClose((HttpContext)state);
        return Task.CompletedTask;
    }

    private static void RequestClose(HttpContext context) => context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
}
