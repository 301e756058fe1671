namespace Deployment.Toolkit.Databases;

/// <summary>What an attempt that was cut off has done of a statement outside a transaction.</summary>
internal enum EarlierAttempt
{
    /// <summary>It was at it: nothing, half of it, or all.</summary>
    Perhaps,

    /// <summary>Nothing: it didn't come to it.</summary>
    Nothing,

    /// <summary>All of it.</summary>
    Everything,
}
