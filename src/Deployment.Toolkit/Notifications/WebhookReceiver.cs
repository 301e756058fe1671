using System.Globalization;
using System.Net.Http.Headers;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Notifications;

/// <summary>What is posted.</summary>
internal enum PostedForm
{
    CloudEvent,
    Slack,
    Teams,
}

/// <summary>Posts notices to an address, which is a secret: whoever has it may post.</summary>
internal sealed class WebhookReceiver(IServiceProvider services, string setting, PostedForm form) : DeploymentObserver
{
    // One for the process, as connections are; an address that moves is looked up anew. A redirect would carry the notice elsewhere.
    private static readonly HttpClient Client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public override TimeSpan Pause =>
        form switch
        {
            PostedForm.Slack => TimeSpan.FromSeconds(1),
            PostedForm.Teams => TimeSpan.FromMilliseconds(500),
            _ => TimeSpan.Zero,
        };

    public override async Task NotifyAsync(DeploymentNotice notice, CancellationToken cancellationToken)
    {
        if (SettingReader.Read(services, setting) is not { } text)
            throw new NoticeRefusedException($"Setting {setting}, which is to hold its address, is not there.");
        services.GetRequiredService<IssuedSecrets>().Add(new Secret(text));
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw new NoticeRefusedException($"Setting {setting} holds no address that begins with https:// or http://.");

        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = ContentOf(notice) };
        HttpResponseMessage response;
        try
        {
            response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new NoticeRefusedException(
                string.Create(CultureInfo.InvariantCulture, $"It cannot be reached at {address.Host}:{address.Port}: {e.HttpRequestError}.")
            );
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
                throw new NoticeRefusedException(
                    string.Create(CultureInfo.InvariantCulture, $"It answered {(int)response.StatusCode}."),
                    RetryAfter(response.Headers.RetryAfter)
                );
        }
    }

    private ByteArrayContent ContentOf(DeploymentNotice notice)
    {
        var content = new ByteArrayContent(
            form switch
            {
                PostedForm.Slack => SlackMessage.Write(notice),
                PostedForm.Teams => TeamsCard.Write(notice),
                _ => CdEvent.Write(notice),
            }
        );
        content.Headers.ContentType = new MediaTypeHeaderValue(
            form == PostedForm.CloudEvent ? CdEvent.ContentType : "application/json",
            "utf-8"
        );
        return content;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - services.GetRequiredService<TimeProvider>().GetUtcNow());
        return wait is null ? null
            : wait > TimeSpan.Zero ? wait
            : TimeSpan.Zero;
    }
}
