namespace Deployment.Toolkit.Databases;

/// <summary>A reason, seen before the script runs, not to run it.</summary>
/// <param name="Code">The code, for example <c>DTK7305</c>.</param>
/// <param name="Text">The sentence, without the code.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, in characters from 1.</param>
internal readonly record struct SqlFault(string Code, string Text, int Line, int Column);
