/// One thing of the estate, by its place in the estate's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A Kubernetes object.
    Object(u32),
    /// A resource of AWS, as Terraform or a snapshot tells it.
    Resource(u32),
    /// A pipeline definition.
    Pipeline(u32),
    /// A job of a pipeline.
    Job(u32, u32),
}

impl Thing {
    /// The object's index, when it is one.
    pub fn object(self) -> Option<usize> {
        match self {
            Self::Object(index) => Some(index as usize),
            Self::Resource(_) | Self::Pipeline(_) | Self::Job(..) => None,
        }
    }

    /// The resource's index, when it is one.
    pub fn resource(self) -> Option<usize> {
        match self {
            Self::Resource(index) => Some(index as usize),
            Self::Object(_) | Self::Pipeline(_) | Self::Job(..) => None,
        }
    }
}
