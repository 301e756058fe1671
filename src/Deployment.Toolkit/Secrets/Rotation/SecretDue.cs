namespace Deployment.Toolkit;

/// <summary>What is to be done about a secret.</summary>
public enum SecretDuty
{
    /// <summary>Its issuer is to make a new one: <c>deploy secrets renew</c>.</summary>
    Renew,

    /// <summary>A renewal left the old one valid, and it is to be ended: <c>deploy secrets retire</c>.</summary>
    Retire,

    /// <summary>The sealed value expires and is to be replaced before.</summary>
    Replace,
}

/// <summary>A secret about which something is to be done, and when.</summary>
public sealed record SecretDue
{
    /// <summary>The secret.</summary>
    public required string Name { get; init; }

    /// <summary>What is to be done.</summary>
    public required SecretDuty Duty { get; init; }

    /// <summary>When (UTC): for <see cref="SecretDuty.Replace"/> the time from which on nobody can read it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The same as a sentence, with the command that does it.</summary>
    public required string Text { get; init; }

    // Long enough to get a new certificate or key from somebody else, and to notice on a Monday.
    private static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    internal bool IsDue(DateTimeOffset now) => At - (Duty == SecretDuty.Replace ? Notice : TimeSpan.Zero) <= now;
}
