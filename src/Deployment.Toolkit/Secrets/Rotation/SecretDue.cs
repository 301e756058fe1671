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
/// <param name="Name">The secret.</param>
/// <param name="Duty">What is to be done.</param>
/// <param name="At">When (UTC): for <see cref="SecretDuty.Replace"/> the time from which on nobody can read it.</param>
/// <param name="Text">The same as a sentence, with the command that does it.</param>
public sealed record SecretDue(string Name, SecretDuty Duty, DateTimeOffset At, string Text)
{
    // Long enough to get a new certificate or key from somebody else, and to notice on a Monday.
    private static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    internal bool IsDue(DateTimeOffset now) => At - (Duty == SecretDuty.Replace ? Notice : TimeSpan.Zero) <= now;
}
