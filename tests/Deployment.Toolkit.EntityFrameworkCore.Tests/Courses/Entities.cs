namespace Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;

internal sealed class Publisher
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public List<Author> Authors { get; } = [];
}

internal sealed class Author
{
    public int Id { get; set; }
    public required string DisplayName { get; set; }
    public int? PublisherId { get; set; }
    public Publisher? Publisher { get; set; }
    public List<Course> Courses { get; } = [];
}

internal sealed class Course
{
    public int Id { get; set; }
    public required string Title { get; set; }
    public int AuthorId { get; set; }
    public Author? Author { get; set; }
    public List<Lesson> Lessons { get; } = [];
    public List<Tag> Tags { get; } = [];
    public decimal Price { get; set; }
    public string Slug { get; set; } = "";
}

internal sealed class Lesson
{
    public int Id { get; set; }
    public required string Title { get; set; }
    public int CourseId { get; set; }
    public Course? Course { get; set; }
    public List<Exercise> Exercises { get; } = [];
}

internal sealed class Exercise
{
    public int Id { get; set; }
    public required string Question { get; set; }
    public int LessonId { get; set; }
    public Lesson? Lesson { get; set; }
}

internal sealed class Learner
{
    public int Id { get; set; }
    public required string Email { get; set; }
    public List<Enrollment> Enrollments { get; } = [];
}

internal sealed class Enrollment
{
    public int LearnerId { get; set; }
    public Learner? Learner { get; set; }
    public int CourseId { get; set; }
    public Course? Course { get; set; }
    public DateTime Since { get; set; }
}

internal sealed class Tag
{
    public int Id { get; set; }
    public required string Text { get; set; }
    public List<Course> Courses { get; } = [];
}

internal sealed class Answer
{
    public int Id { get; set; }
    public int ExerciseId { get; set; }
    public Exercise? Exercise { get; set; }
    public int LearnerId { get; set; }
    public Learner? Learner { get; set; }
    public double Score { get; set; }
}

internal sealed class Review
{
    public int Id { get; set; }
    public int CourseId { get; set; }
    public Course? Course { get; set; }
    public int Stars { get; set; }
}

internal sealed class Attachment
{
    public Guid Id { get; set; }
    public required byte[] Content { get; set; }
    public int LessonId { get; set; }
    public Lesson? Lesson { get; set; }
}

internal sealed class AuditEntry
{
    public long Id { get; set; }
    public required string What { get; set; }
    public DateTimeOffset At { get; set; }
}
