using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Secrets;

/// <summary>When a sealed value is good. Kept in whole seconds.</summary>
/// <param name="NotBefore">From when on; <see langword="null"/> for at once.</param>
/// <param name="ExpiresAt">Until when; <see langword="null"/> for no end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SealedValidity(DateTimeOffset? NotBefore = null, DateTimeOffset? ExpiresAt = null);
