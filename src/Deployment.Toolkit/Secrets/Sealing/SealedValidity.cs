using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Secrets;

/// <summary>When a sealed value is good. Kept in whole seconds.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SealedValidity
{
    /// <summary>From when on; <see langword="null"/> for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when; <see langword="null"/> for no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
