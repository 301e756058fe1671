namespace Deployment.Toolkit.Settings.Effective;

/// <summary>A set of layers. A configuration of more than 64 sources counts the weakest as one.</summary>
internal readonly record struct LayerMask(ulong Bits)
{
    internal const int Capacity = 64;

    internal static readonly LayerMask All = new(ulong.MaxValue);

    internal bool IsEmpty => Bits == 0;

    internal int Strongest => 63 - System.Numerics.BitOperations.LeadingZeroCount(Bits);

    internal static LayerMask Of(int layer) => new(1UL << layer);

    internal static LayerMask From(int layer) => new(ulong.MaxValue << layer);

    internal bool Has(int layer) => (Bits & (1UL << layer)) != 0;

    public static LayerMask operator &(LayerMask a, LayerMask b) => new(a.Bits & b.Bits);

    public static LayerMask operator |(LayerMask a, LayerMask b) => new(a.Bits | b.Bits);
}
