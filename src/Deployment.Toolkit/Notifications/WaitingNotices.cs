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

    /// <summary>Whether the app has the receiver still: one that was taken out or renamed is tried no more.</summary>
    internal bool IsRegistered { get; init; }

    internal string Why => !IsRegistered ? "no receiver of that name is registered any more." : LastError ?? "they were not tried yet.";

    internal static IReadOnlyList<WaitingNotices> Of(IReadOnlyList<OutboxItem> waiting, IReadOnlyList<ObserverRegistration> observers) =>
        [
            .. waiting
                .GroupBy(static item => item.Receiver, StringComparer.Ordinal)
                .Select(group => new WaitingNotices
                {
                    Receiver = group.Key,
                    Count = group.Count(),
                    Since = group.Min(static item => item.Since),
                    LastError = group.Select(static item => item.LastError).FirstOrDefault(static error => error is not null),
                    IsRegistered = observers.Any(observer => observer.Key == group.Key),
                }),
        ];

    internal DeploymentMessage ToMessage(string environment)
    {
        var what = Count == 1 ? "1 notice" : string.Create(CultureInfo.InvariantCulture, $"{Count} notices");
        var since = Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var waits = $"{what} for '{Receiver}' {(Count == 1 ? "waits" : "wait")} since {since} UTC: {Why} ";
        return new DeploymentMessage(
            Codes.ReceiverUnreachable,
            IsRegistered
                ? $"{waits}They are tried again by the app while it runs, by the next command, and by 'deploy notify send --environment {environment}'."
                : $"{waits}Register one under that name again, and they are told; otherwise they are given up after a week."
        );
    }
}
