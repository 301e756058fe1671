using System.Collections.Generic;

namespace Deployment.Toolkit.Databases;

/// <summary>What a lexer found in a script.</summary>
/// <param name="Statements">The statements in their order, also those that a fault is about.</param>
/// <param name="Faults">The faults in the order in which they were seen; none means that the script may be tried.</param>
internal sealed record SqlScript(IReadOnlyList<SqlStatement> Statements, IReadOnlyList<SqlFault> Faults);
