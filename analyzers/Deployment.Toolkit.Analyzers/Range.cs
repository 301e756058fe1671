namespace System;

/// <summary>What the compiler asks for before it lets code cut a text; netstandard2.0 lacks it.</summary>
internal readonly struct Range(Index start, Index end)
{
    public Index Start => start;

    public Index End => end;
}
