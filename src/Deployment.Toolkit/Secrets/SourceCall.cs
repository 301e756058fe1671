namespace Deployment.Toolkit.Secrets;

/// <summary>
/// A question that a source is being asked, or its making: it flows with everything that the source does meanwhile, so that a source that
/// needs secrets itself is told so instead of waiting for its own answer.
/// </summary>
internal sealed class SourceCall(string source)
{
    private volatile bool _isOver;

    internal string Source => source;

    /// <summary>What a source leaves running after its answer is no part of it.</summary>
    internal bool IsOver => _isOver;

    internal void End() => _isOver = true;
}
