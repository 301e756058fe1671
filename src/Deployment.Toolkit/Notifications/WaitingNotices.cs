using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Notifications;

namespace Deployment.Toolkit;

/// <summary>Notices that a receiver has not taken yet.</summary>
public sealed record WaitingNotices
{
    /// <summary>The receiver.</summary>
    public required string Receiver { get; init; }

    /// <summary>How many.</summary>
    public required int Count { get; init; }

    /// <summary>Since when the oldest waits (UTC).</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why the last try failed; <see langword="null"/> before the first.</summary>
    public string? LastError { get; init; }

    internal static IReadOnlyList<WaitingNotices> Of(Outbox outbox) =>
        [
            .. outbox
                .Waiting()
                .GroupBy(static item => item.Receiver, StringComparer.Ordinal)
                .Select(static group => new WaitingNotices
                {
                    Receiver = group.Key,
                    Count = group.Count(),
                    Since = group.Min(static item => item.Since),
                    LastError = group.Select(static item => item.LastError).FirstOrDefault(static error => error is not null),
                }),
        ];

    internal DeploymentMessage ToMessage(string environment) =>
        new(
            Codes.ReceiverUnreachable,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Count} notices for '{Receiver}' wait since {Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {LastError ?? "they were not tried yet"} "
            )
                + $"They are tried again by the app while it runs, by the next command, and by 'deploy notify send --environment {environment}'."
        );
}
