namespace Deployment.Toolkit.Isolation;

/// <summary>What the app says of how its environments are kept apart.</summary>
internal sealed class DeclaredIsolation
{
    /// <summary>Whether it wants to be kept to it: what is found then keeps releases out.</summary>
    internal bool IsDeclared { get; set; }

    /// <summary>The setting with the key under which facts are compared across machines.</summary>
    internal string? KeySetting { get; set; }

    internal List<DeniedHost> Denied { get; } = [];

    internal List<(string Subject, string Reason)> Shared { get; } = [];

    internal List<(IsolationKind Kind, string Key)> Counted { get; } = [];

    internal List<DeclaredWaiver> Waivers { get; } = [];

    /// <summary>Why a subject, or everything above it, may be shared; <see langword="null"/> when it may not.</summary>
    internal string? WhyShared(string subject) =>
        Shared
            .Where(shared =>
                subject.StartsWith(shared.Subject, StringComparison.OrdinalIgnoreCase)
                && (subject.Length == shared.Subject.Length || subject[shared.Subject.Length] == ':')
            )
            .Select(static shared => shared.Reason)
            .FirstOrDefault();
}

/// <summary>A host that an environment must not talk to.</summary>
internal sealed record DeniedHost(string Environment, string Pattern);

/// <summary>Somebody answers for something that a rule finds.</summary>
internal sealed record DeclaredWaiver(string Rule, string Subject, DateOnly Until, string By, string Reason);
