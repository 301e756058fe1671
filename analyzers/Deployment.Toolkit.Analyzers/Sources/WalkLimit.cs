namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// The steps that a walk over symbols and values may take. Code can lead back to itself, or double with each level: a depth alone lets the
/// second take longer than anybody waits, and a walk without an end takes the compiler's process with it.
/// </summary>
/// <param name="steps">How many; what is found by then must do.</param>
internal sealed class WalkLimit(int steps)
{
    private int _left = steps;

    /// <summary>Takes one; <see langword="false"/> when there are none left.</summary>
    public bool TryStep() => _left-- > 0;
}
