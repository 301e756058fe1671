namespace Deployment.Toolkit.Databases;

/// <summary>
/// One statement of a script: from its first significant token to its last, so without the ';' behind it and without
/// comments and white space around it.
/// </summary>
/// <param name="Text">The statement, as it stands in the script.</param>
/// <param name="Line">The line of its first token, from 1.</param>
/// <param name="Column">The column of its first token, in characters from 1; a tab is one.</param>
/// <param name="Offset">Where it starts in the script, counted without a byte order mark.</param>
internal readonly record struct SqlStatement(string Text, int Line, int Column, int Offset);
